/** Puts local files into the bucket: small ones at once, big ones in parts, a few in memory at a time. */
import { randomUUID } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { CompletedPart } from '@aws-sdk/client-s3';

import { attempt } from '../../attempt.ts';
import { cancellation, fullKey, persist } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { encryption } from './encryption.ts';
import { isNamed } from './faults.ts';
import { inspect } from './inspect.ts';

const MB = 1024 * 1024;
/** S3 takes parts from 5 MiB on, and 10,000 of them. */
const PART_BYTES = 8 * MB;
const MOST_PARTS = 10_000;
/** Times the part is what an upload holds in memory. */
const PARTS_AT_ONCE = 3;

interface Upload {
  readonly key: string;
  readonly id: string;
  /** The mark by which a completed upload is known again. */
  readonly writer: string;
}

interface Part {
  readonly number: number;
  readonly start: number;
  readonly bytes: number;
}

export async function putObject(bucket: Bucket, key: string, body: Uint8Array): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: fullKey(bucket, key),
    Body: body,
    ...encryption(bucket),
  });
  await persist(bucket, () => bucket.client.send(command, cancellation()));
}

export async function uploadFile(bucket: Bucket, key: string, path: string): Promise<void> {
  const { size } = await stat(path);
  const file = await open(path);
  try {
    if (size <= PART_BYTES)
      await putObject(bucket, key, await readPart(file, { number: 1, start: 0, bytes: size }));
    else await uploadParts(bucket, key, file, partsOf(size));
  } finally {
    await file.close();
  }
}

async function uploadParts(
  bucket: Bucket,
  key: string,
  file: FileHandle,
  parts: readonly Part[],
): Promise<void> {
  const upload = await begin(bucket, key);
  try {
    const completed: CompletedPart[] = [];
    const waiting = parts.values();
    const worker = async (): Promise<void> => {
      for (const part of waiting) completed.push(await uploadPart(bucket, upload, file, part));
    };
    await settleAll(Array.from({ length: PARTS_AT_ONCE }, worker));
    await complete(bucket, upload, completed);
  } catch (error) {
    await abort(bucket, upload);
    throw error;
  }
}

async function begin(bucket: Bucket, key: string): Promise<Upload> {
  const writer = randomUUID();
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket.name,
    Key: fullKey(bucket, key),
    ChecksumAlgorithm: 'CRC32',
    Metadata: { writer },
    ...encryption(bucket),
  });
  const { UploadId: id } = await persist(bucket, () => bucket.client.send(command, cancellation()));
  if (id === undefined) throw new TypeError(`the store has begun no upload of ${key}`);
  return { key, id, writer };
}

async function uploadPart(
  bucket: Bucket,
  upload: Upload,
  file: FileHandle,
  part: Part,
): Promise<CompletedPart> {
  const command = new UploadPartCommand({
    ...named(bucket, upload),
    PartNumber: part.number,
    Body: await readPart(file, part),
    ChecksumAlgorithm: 'CRC32',
  });
  const { ETag, ChecksumCRC32 } = await persist(bucket, () => bucket.client.send(command, cancellation()));
  return { PartNumber: part.number, ETag, ChecksumCRC32 };
}

async function complete(bucket: Bucket, upload: Upload, completed: readonly CompletedPart[]): Promise<void> {
  const Parts = completed.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  const command = new CompleteMultipartUploadCommand({
    ...named(bucket, upload),
    MultipartUpload: { Parts },
  });
  try {
    await persist(bucket, () => bucket.client.send(command, cancellation()));
  } catch (error) {
    // An upload that has been completed is gone: the answer to the try before was lost.
    if (!isNamed(error, 'NoSuchUpload')) throw error;
    if ((await inspect(bucket, upload.key))?.writer !== upload.writer) throw error;
  }
}

/** Parts that nobody will complete cost money; what this can't reach, the bucket's lifecycle rule removes. */
async function abort(bucket: Bucket, upload: Upload): Promise<void> {
  try {
    // Without the task's signal: a cancelled task clears away as well.
    await bucket.client.send(new AbortMultipartUploadCommand(named(bucket, upload)));
  } catch (error) {
    attempt().log('an unfinished upload could not be removed', { key: upload.key, reason: String(error) });
  }
}

function named(bucket: Bucket, { key, id }: Upload): { Bucket: string; Key: string; UploadId: string } {
  return { Bucket: bucket.name, Key: fullKey(bucket, key), UploadId: id };
}

function partsOf(size: number): Part[] {
  const bytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS / MB) * MB);
  return Array.from({ length: Math.ceil(size / bytes) }, (_, index) => ({
    number: index + 1,
    start: index * bytes,
    bytes: Math.min(bytes, size - index * bytes),
  }));
}

async function readPart(file: FileHandle, { start, bytes }: Part): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let filled = 0; filled < bytes;) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, start + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was uploaded');
    filled += bytesRead;
  }
  return buffer;
}

/** Waits for all also where one fails, so that nothing is still being sent when the upload is aborted. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
