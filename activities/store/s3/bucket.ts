/** A bucket's folder, and how every request to it is made: cancelled with its task, tried again where that can help. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';

import { attempt } from '../../attempt.ts';
import { invalidKey } from '../errors.ts';
import { checkKey } from '../keys.ts';
import { isExpired, isTransient } from './faults.ts';

export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  /** Empty, or ending with a slash. */
  readonly prefix: string;
  /** `s3://bucket/prefix`, without credentials or endpoint. */
  readonly uri: string;
  /** Key of the KMS that encrypts what is written; without one the bucket's own default holds. */
  readonly kmsKeyId?: string;
}

/** On top of the client's own tries, for what it does not count as worth one. */
export const TURNS = 6;
const FIRST_PAUSE_MS = 25;
const LAST_PAUSE_MS = 2_000;

/** @throws InvalidKey */
export function fullKey({ prefix }: Bucket, key: string): string {
  checkKey(key);
  const full = prefix + key;
  if (Buffer.byteLength(full) > 1024) throw invalidKey(key, `under ${prefix} it is longer than 1024 bytes`);
  return full;
}

/** The signal of the running task, for one request. */
export function cancellation(): { abortSignal: AbortSignal } {
  const { signal } = attempt();
  // A task may well have more requests under way than Node takes for a leak.
  setMaxListeners(0, signal);
  return { abortSignal: signal };
}

/**
 * Runs requests that may be repeated without harm until one turn succeeds: after faults of the network
 * and of the server with a growing pause, after expired credentials with new ones.
 */
export async function persist<T>(bucket: Bucket, request: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await request();
    } catch (error) {
      if (turn === TURNS || !(await canRepeat(bucket, error, turn))) throw error;
    }
  }
}

/** Pauses, or gets new credentials, where another turn may succeed. */
export async function canRepeat(bucket: Bucket, error: unknown, turn: number): Promise<boolean> {
  if (attempt().signal.aborted) return false;
  if (isExpired(error)) await bucket.client.config.credentials({ forceRefresh: true });
  else if (!isTransient(error)) return false;
  await pause(turn);
  return true;
}

/** Spread, so that writers that met once do not meet again. */
export async function pause(turn: number): Promise<void> {
  const ceiling = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** turn);
  await sleep(ceiling * (0.5 + 0.5 * Math.random()), undefined, { signal: attempt().signal });
}
