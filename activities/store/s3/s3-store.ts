/** The object store in an S3 bucket, under a prefix. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';

import type { ObjectInfo, ObjectStore } from '../contract.ts';
import { objectNotFound } from '../errors.ts';
import { checkPrefix } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { isChanged, isMissing, statusOf, told } from './faults.ts';
import { inspect } from './inspect.ts';
import { deleteKeys, listKeys } from './listing.ts';
import { putIfAbsent } from './put-if-absent.ts';
import { openChunks, readWhole } from './read.ts';
import type { Wanted } from './read.ts';
import type { StageCache } from './stage-cache.ts';
import { putObject, uploadFile } from './upload.ts';

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Under which all keys lie, without a slash at its end; the whole bucket where it is empty. */
  readonly prefix: string;
  /** Where staged objects are kept on this machine. */
  readonly cache: StageCache;
  /** Encrypts with this key of KMS what is written; by default as the bucket says. */
  readonly kmsKeyId?: string;
}

/** Objects that are replaced while they are staged are staged anew, this often. */
const STAGE_TURNS = 5;
const REPLACED = 412;
const RANGE_PAST_END = 416;

export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { client, bucket: name, prefix, cache, kmsKeyId } = options;
  const uri = `s3://${[name, prefix].filter(Boolean).join('/')}`;
  const bucket: Bucket = {
    client,
    name,
    prefix: prefix === '' ? '' : `${prefix}/`,
    uri,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  };
  const asked = <T>(request: Promise<T>): Promise<T> =>
    request.catch((error: unknown) => {
      throw told(uri, error);
    });
  const read = <T>(key: string, request: Promise<T>): Promise<T> =>
    asked(
      request.catch((error: unknown) => {
        throw isMissing(error) ? objectNotFound(key, uri) : error;
      }),
    );
  return {
    uri,
    put: (key, body) => asked(putObject(bucket, key, bytesOf(body))),
    putIfAbsent: (key, body) => asked(putIfAbsent(bucket, key, bytesOf(body))),
    upload: (key, file) => asked(uploadFile(bucket, key, file)),
    get: (key) => read(key, readWhole(bucket, { key })),
    getRange: (key, start, end) => read(key, readRange(bucket, { key, start, end })),
    stream: (key) => read(key, openStream(bucket, key)),
    head: (key) => asked(find(bucket, key)),
    list(found, { after = '' } = {}) {
      checkPrefix(found);
      return toldPages(uri, listKeys(bucket, found, after));
    },
    delete: (keys) => asked(deleteKeys(bucket, keys)),
    stage: (key) => read(key, stage(bucket, cache, key)),
  };
}

/** The SDK takes an empty text for a stream of unknown length. */
function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

async function find(bucket: Bucket, key: string): Promise<ObjectInfo | undefined> {
  const found = await inspect(bucket, key);
  return found && { key, bytes: found.bytes, modifiedAt: found.modifiedAt };
}

async function readRange(bucket: Bucket, wanted: Required<Omit<Wanted, 'etag'>>): Promise<Uint8Array> {
  if (wanted.end <= wanted.start) {
    if ((await inspect(bucket, wanted.key)) === undefined) throw objectNotFound(wanted.key, bucket.uri);
    return new Uint8Array();
  }
  try {
    return await readWhole(bucket, wanted);
  } catch (error) {
    if (statusOf(error) === RANGE_PAST_END) return new Uint8Array();
    throw error;
  }
}

async function openStream(bucket: Bucket, key: string): Promise<Readable> {
  const chunks = await openChunks(bucket, { key });
  return Readable.from(toldPages(bucket.uri, chunks), { objectMode: false });
}

/** What is wrong in the middle is told as it is at the beginning. */
async function* toldPages<T>(uri: string, pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    throw told(uri, error);
  }
}

async function stage(bucket: Bucket, cache: StageCache, key: string): Promise<string> {
  for (let turn = 1; ; turn++) {
    const found = await inspect(bucket, key);
    if (found === undefined) throw objectNotFound(key, bucket.uri);
    const { etag, bytes } = found;
    try {
      return await cache.open({ name: cacheName(bucket, key, etag), bytes }, async (file) => {
        await pipeline(await openChunks(bucket, { key, etag }), createWriteStream(file, { flags: 'wx' }));
      });
    } catch (error) {
      const replaced = isChanged(error) || statusOf(error) === REPLACED || isMissing(error);
      if (!replaced || turn === STAGE_TURNS) throw error;
    }
  }
}

/** By what the object is, so that a replaced one has another. Programs go by a file's extension. */
function cacheName({ name, prefix }: Bucket, key: string, etag: string): string {
  const digest = createHash('sha256').update(`${name}/${prefix}${key}\n${etag}`).digest('hex');
  return digest + (/(\.[A-Za-z0-9]{1,16}){1,2}$/.exec(key)?.[0] ?? '');
}
