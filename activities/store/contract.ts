/** The object-store port: everything durable is an object under a key, relative to one root. */
import type { Readable } from 'node:stream';

export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface ObjectStore {
  /** Where the root is, for people: `file:///…` or `s3://bucket/prefix`. */
  readonly uri: string;
  /** Writes or replaces a small object, atomically. */
  put(key: string, body: Uint8Array | string): Promise<void>;
  /** The one primitive of concurrency: exactly one of many writers of a key gets `true`. */
  putIfAbsent(key: string, body: Uint8Array | string): Promise<boolean>;
  /** Copies a local file into the store, atomically, in bounded memory. */
  upload(key: string, file: string): Promise<void>;
  /** @throws ObjectNotFound */
  get(key: string): Promise<Uint8Array>;
  /** Bytes `start` (inclusive) to `end` (exclusive). @throws ObjectNotFound */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** @throws ObjectNotFound */
  stream(key: string): Promise<Readable>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** In key order, page by page; `after` is exclusive. */
  list(prefix: string, options?: { after?: string }): AsyncIterable<ObjectInfo>;
  /** Deleting what is not there is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /**
   * A local path with the object's content, for DuckDB and ONNX Runtime. The local adapter
   * answers with the object's own file; a remote one downloads into a cache. Read only.
   * @throws ObjectNotFound
   */
  stage(key: string): Promise<string>;
}
