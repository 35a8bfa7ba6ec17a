/** What S3 knows of an object without its content. */
import { HeadBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';

import { cancellation, fullKey, persist } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { bucketNotFound, isMissing, statusOf } from './faults.ts';

export interface Inspected {
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Another for every version of the object. */
  readonly etag: string;
  /** The mark of the call that wrote it; empty where none was left. */
  readonly writer: string;
}

/** Buckets that have been seen to exist, for a missing bucket answers like a missing object. */
const seen = new WeakMap<Bucket, true>();

/** @throws BucketNotFound */
export async function inspect(bucket: Bucket, key: string): Promise<Inspected | undefined> {
  const found = await persist(bucket, () => inspectOnce(bucket, key));
  if (found === undefined) await requireBucket(bucket);
  return found;
}

/** For who has a patience of his own. */
export async function inspectOnce(bucket: Bucket, key: string): Promise<Inspected | undefined> {
  const command = new HeadObjectCommand({ Bucket: bucket.name, Key: fullKey(bucket, key) });
  try {
    const found = await bucket.client.send(command, cancellation());
    return {
      bytes: found.ContentLength ?? 0,
      modifiedAt: found.LastModified ?? new Date(0),
      etag: found.ETag ?? '',
      writer: found.Metadata?.['writer'] ?? '',
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Rights that end at prefixes refuse this question; who is refused has asked about a bucket that is there. */
async function requireBucket(bucket: Bucket): Promise<void> {
  if (seen.has(bucket)) return;
  const command = new HeadBucketCommand({ Bucket: bucket.name });
  try {
    await persist(bucket, () => bucket.client.send(command, cancellation()));
  } catch (error) {
    if (isMissing(error)) throw bucketNotFound(bucket.uri);
    if (statusOf(error) !== 403) throw error;
  }
  seen.set(bucket, true);
}
