/**
 * The object store in a local folder. Every object appears whole or not at all: it is written
 * beside the tree and then renamed (put) or linked (put-if-absent) into place. That holds through
 * a killed process; against loss of power it is only as good as the file system.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { ObjectInfo, ObjectStore } from './contract.ts';
import { invalidKey, objectNotFound } from './errors.ts';
import { checkKey, checkPrefix } from './keys.ts';
import { isMissing, listFolder } from './local-listing.ts';

/** Half-written objects; on the same file system, so that rename and link are atomic. */
const TEMPORARY = '.tmp';

interface Folder {
  /** Absolute. */
  readonly base: string;
  readonly uri: string;
}

/** @param root folder that holds the objects; made when the first one is written */
export function createLocalStore(root: string): ObjectStore {
  const base = resolve(root);
  const folder: Folder = { base, uri: pathToFileURL(base).href };
  return {
    uri: folder.uri,
    put: (key, body) => place(folder, key, (temporary) => writeFile(temporary, body), rename),
    async putIfAbsent(key, body) {
      // The common case of a lost race costs one stat; the link below is what decides.
      if ((await find(folder, key)) !== undefined) return false;
      return place(folder, key, (temporary) => writeFile(temporary, body), linkNew);
    },
    upload(key, file) {
      const clone = (temporary: string): Promise<void> =>
        copyFile(file, temporary, constants.COPYFILE_FICLONE);
      return place(folder, key, clone, rename);
    },
    get: (key) => present(folder, key, (path) => readFile(path)),
    getRange: (key, start, end) => present(folder, key, (path) => readRange(path, start, end)),
    stream: (key) => present(folder, key, openStream),
    head: (key) => find(folder, key),
    list(prefix, { after = '' } = {}) {
      checkPrefix(prefix);
      return listFolder({ root: base, prefix, after, hidden: new Set([TEMPORARY]) });
    },
    async delete(keys) {
      for (const key of keys) await removeFile(pathOf(folder, key));
    },
    async stage(key) {
      if ((await find(folder, key)) === undefined) throw objectNotFound(key, folder.uri);
      return pathOf(folder, key);
    },
  };
}

function pathOf({ base }: Folder, key: string): string {
  checkKey(key);
  if (key.split('/')[0] === TEMPORARY) throw invalidKey(key, `${TEMPORARY}/ is the store's own`);
  return join(base, key);
}

/** Runs an operation on an object's file; a missing file becomes ObjectNotFound. */
async function present<T>(folder: Folder, key: string, operation: (path: string) => Promise<T>): Promise<T> {
  const path = pathOf(folder, key);
  try {
    return await operation(path);
  } catch (error) {
    throw isMissing(error) ? objectNotFound(key, folder.uri) : error;
  }
}

async function find(folder: Folder, key: string): Promise<ObjectInfo | undefined> {
  const path = pathOf(folder, key);
  try {
    const found = await stat(path);
    return found.isFile() ? { key, bytes: found.size, modifiedAt: found.mtime } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Fills a temporary file and moves it to its target, making folders on the way. */
async function place<T>(
  folder: Folder,
  key: string,
  fill: (temporary: string) => Promise<void>,
  move: (temporary: string, target: string) => Promise<T>,
): Promise<T> {
  const target = pathOf(folder, key);
  const temporary = join(folder.base, TEMPORARY, randomUUID());
  try {
    await withFolder(temporary, () => fill(temporary));
    return await withFolder(target, () => move(temporary, target));
  } finally {
    await removeFile(temporary);
  }
}

async function withFolder<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    return operation();
  }
}

async function linkNew(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.max(0, Math.min(end, size) - start);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openStream(path: string): Promise<Readable> {
  const file = await open(path);
  return file.createReadStream();
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
