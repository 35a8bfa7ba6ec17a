/** Reads objects in pieces. What breaks off goes on where it stood, on the same version of the object or not at all. */
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';

import { attempt } from '../../attempt.ts';
import { canRepeat, cancellation, fullKey, persist, TURNS } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { isChanged, isMissing, objectChanged, statusOf } from './faults.ts';

export interface Wanted {
  readonly key: string;
  /** Inclusive; from the beginning unless given. */
  readonly start?: number;
  /** Exclusive; to the end unless given. */
  readonly end?: number;
  /** Only this version. */
  readonly etag?: string;
}

interface Opened {
  readonly body: Readable;
  readonly bytes: number;
  readonly etag: string | undefined;
}

/** Turns in a row that bring no byte. A body that was stopped at the very first byte counts as well. */
const FRUITLESS_TURNS = TURNS;
/** How often a whole read begins anew because the object is being replaced. */
const REPLACED_TURNS = 20;

/** All of it, of one version. */
export async function readWhole(bucket: Bucket, wanted: Wanted): Promise<Uint8Array> {
  for (let turn = 1; ; turn++) {
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await openChunks(bucket, wanted)) chunks.push(chunk);
      return Buffer.concat(chunks);
    } catch (error) {
      if (!isChanged(error) || turn === REPLACED_TURNS) throw error;
    }
  }
}

/** Resolves when the store has begun to answer. */
export async function openChunks(bucket: Bucket, wanted: Wanted): Promise<AsyncGenerator<Uint8Array>> {
  const first = await persist(bucket, () => open(bucket, wanted));
  return chunksOf(bucket, wanted, first);
}

async function* chunksOf(bucket: Bucket, wanted: Wanted, first: Opened): AsyncGenerator<Uint8Array> {
  const { start = 0 } = wanted;
  const { bytes, etag } = first;
  let received = 0;
  let opened: Opened | undefined = first;
  for (let fruitless = 1; received < bytes || opened === first; fruitless++) {
    const before = received;
    try {
      opened ??= await open(bucket, {
        ...wanted,
        start: start + received,
        end: start + bytes,
        ...(etag && { etag }),
      });
      for await (const chunk of opened.body) {
        attempt().signal.throwIfAborted();
        received += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
      if (received < bytes) throw cutShort(received, bytes);
    } catch (error) {
      if (isReplaced(error)) throw objectChanged(bucket.uri, wanted.key);
      if (received > before) fruitless = 1;
      if (fruitless === FRUITLESS_TURNS || !(await canRepeat(bucket, error, fruitless))) throw error;
    }
    opened = undefined;
  }
}

async function open(bucket: Bucket, { key, start, end, etag }: Wanted): Promise<Opened> {
  const ranged = start !== undefined || end !== undefined;
  const response = await bucket.client.send(
    new GetObjectCommand({
      Bucket: bucket.name,
      Key: fullKey(bucket, key),
      ...(ranged && { Range: `bytes=${start ?? 0}-${end === undefined ? '' : end - 1}` }),
      ...(etag !== undefined && { IfMatch: etag }),
    }),
    cancellation(),
  );
  const { Body: body, ContentLength: bytes = 0, ETag: given } = response;
  if (!(body instanceof Readable)) throw new TypeError(`the answer for ${key} has no body`);
  return { body, bytes, etag: given };
}

/** 412: another version; 404 after the first byte: deleted. */
function isReplaced(error: unknown): boolean {
  return statusOf(error) === 412 || isMissing(error);
}

function cutShort(received: number, bytes: number): Error {
  return Object.assign(new Error(`the answer ended after ${received} of ${bytes} bytes`), {
    code: 'ECONNRESET',
  });
}
