/**
 * Exactly one of many writers creates a key. S3 decides by `If-None-Match: *`; what is hard is to know
 * what it has decided when the answer is lost, or when a request that was sent twice meets itself.
 * Every call therefore leaves a mark of its own in the object's metadata, and in doubt reads it back.
 */
import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';

import { canRepeat, cancellation, fullKey, pause, TURNS } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { encryption } from './encryption.ts';
import { sentOnce, statusOf } from './faults.ts';
import { inspectOnce } from './inspect.ts';

const EXISTS = 412;
/** Another conditional write to the key was under way: nobody has won by that, and all come again. */
const CONFLICT = 409;
/** Conflicts are the rule where many write at once, and each costs one turn. */
const MOST_TURNS = 4 * TURNS;

export async function putIfAbsent(bucket: Bucket, key: string, body: Uint8Array): Promise<boolean> {
  const writer = randomUUID();
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: fullKey(bucket, key),
    Body: body,
    IfNoneMatch: '*',
    Metadata: { writer },
    ...encryption(bucket),
  });
  let doubtful = false;
  let failures = 0;
  for (let turn = 1; ; turn++) {
    try {
      await bucket.client.send(command, cancellation());
      return true;
    } catch (error) {
      doubtful ||= !(isDecided(error) && sentOnce(error));
      if (!doubtful && statusOf(error) === EXISTS) return false;
      const owner = doubtful ? await ownerOf(bucket, key) : undefined;
      if (owner !== undefined) return owner === writer;
      if (turn === MOST_TURNS) throw error;
      if (isDecided(error)) await pause(turn);
      else if (++failures === TURNS || !(await canRepeat(bucket, error, failures))) throw error;
    }
  }
}

/** Unknown as well where it can't be read now: then the write comes again and meets itself. */
async function ownerOf(bucket: Bucket, key: string): Promise<string | undefined> {
  return (await inspectOnce(bucket, key).catch(() => undefined))?.writer;
}

function isDecided(error: unknown): boolean {
  return statusOf(error) === EXISTS || statusOf(error) === CONFLICT;
}
