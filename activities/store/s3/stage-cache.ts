/**
 * Copies of objects on this machine, shared by all its tasks and processes, bounded in bytes.
 *
 * `objects/<name>` is a whole object: it is downloaded under another name and renamed. Who opens one
 * gets a hard link to it in a folder of one's own, `processes/<process>/<cache>/<name>`. So nobody has to
 * agree with anybody: whoever evicts an object only takes its shared name away, those who have it open
 * keep it, and the number of links of a file says whether it is in use. A link is removed at the end of
 * the try that opened it, or, outside a worker, with its process's folder, once the process is gone.
 */
import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';

import { whenAttemptEnds } from '../../attempt.ts';
import { findCopies } from './staged-copies.ts';

export interface StageCacheOptions {
  /** On one file system that has hard links. */
  readonly folder: string;
  /** Of all copies together. Processes that begin a download in the same instant may exceed it by that. */
  readonly bytes: number;
  /** Unique among the running processes that share the folder. */
  readonly process: string;
  /** Removes the folders in `processes` whose process is gone. Called once, at first use. */
  readonly sweep: (processes: string) => Promise<void>;
}

export interface CachedObject {
  /** A file name that stands for one version of one object. */
  readonly name: string;
  readonly bytes: number;
}

export interface StageCache {
  /**
   * A local path with the object's content, for reading, until the running try ends.
   * @param download writes the object to a file that does not exist yet
   * @throws StageCacheFull
   */
  open(object: CachedObject, download: (file: string) => Promise<void>): Promise<string>;
}

/** An object may be evicted by others between its download and its first link; not so often. */
const TURNS = 5;

interface Cache extends StageCacheOptions {
  readonly objects: string;
  /** Of all caches of this process. */
  readonly processFolder: string;
  /** Of this one alone. */
  readonly own: string;
  /** How many tries of this process use a link. */
  readonly users: Map<string, number>;
  readonly downloads: Map<string, Promise<void>>;
  /** Bytes that the downloads of this process are going to take. */
  reserved: number;
  /** Runs what must not meet itself, one after the other. */
  readonly alone: <T>(body: () => Promise<T>) => Promise<T>;
}

export function createStageCache(options: StageCacheOptions): StageCache {
  const processFolder = join(options.folder, 'processes', options.process);
  const cache: Cache = {
    ...options,
    objects: join(options.folder, 'objects'),
    processFolder,
    own: join(processFolder, randomUUID()),
    users: new Map(),
    downloads: new Map(),
    reserved: 0,
    alone: oneAfterTheOther(),
  };
  let prepared: Promise<void> | undefined;
  return {
    async open(object, download) {
      await (prepared ??= prepare(cache));
      for (let turn = 0; turn < TURNS; turn++) {
        if (await cache.alone(() => take(cache, object))) {
          whenAttemptEnds(() => cache.alone(() => giveBack(cache, object.name)));
          return join(cache.own, object.name);
        }
        await downloadOnce(cache, object, download);
      }
      throw cacheFull(cache, object, 'it is evicted as fast as it is downloaded');
    },
  };
}

async function prepare(cache: Cache): Promise<void> {
  await mkdir(cache.objects, { recursive: true });
  await mkdir(cache.own, { recursive: true });
  await cache.sweep(join(cache.folder, 'processes'));
  await removeEarlier(cache.processFolder);
}

/** In a container every start has the same name and number: what is older than this process is nobody's. */
async function removeEarlier(processFolder: string): Promise<void> {
  for (const name of await readdir(processFolder)) {
    const path = join(processFolder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtimeMs < performance.timeOrigin) await rm(path, { recursive: true, force: true });
  }
}

/** Whether the object is here and whole; then it stays until it is given back. */
async function take({ objects, own, users }: Cache, { name, bytes }: CachedObject): Promise<boolean> {
  const [shared, held] = [join(objects, name), join(own, name)];
  const used = users.get(name) ?? 0;
  if (used === 0 && !(await linked(shared, held))) return false;
  if ((await stat(held)).size !== bytes) {
    // Damaged from outside: those who have it open are lost, nobody else gets it.
    await Promise.all([rm(shared, { force: true }), rm(held, { force: true })]);
    return false;
  }
  // Finer than a Date, which is the same for a thousand uses.
  const now = (performance.timeOrigin + performance.now()) / 1000;
  await utimes(held, now, now);
  users.set(name, used + 1);
  return true;
}

async function giveBack({ own, users }: Cache, name: string): Promise<void> {
  const left = (users.get(name) ?? 1) - 1;
  users.set(name, left);
  if (left > 0) return;
  users.delete(name);
  // What can't be removed now goes with the process's folder; the work itself is done.
  await rm(join(own, name), { force: true }).catch(() => undefined);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await rm(to, { force: true });
    await link(from, to);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Once for all tasks of this process that want it now. Two processes may both download it, each for itself. */
function downloadOnce(
  cache: Cache,
  object: CachedObject,
  download: (file: string) => Promise<void>,
): Promise<void> {
  const running = cache.downloads.get(object.name);
  if (running) return running;
  const begun = downloadAlone(cache, object, download).finally(() => cache.downloads.delete(object.name));
  cache.downloads.set(object.name, begun);
  return begun;
}

async function downloadAlone(
  cache: Cache,
  object: CachedObject,
  download: (file: string) => Promise<void>,
): Promise<void> {
  await cache.alone(() => reserve(cache, object));
  const partial = join(cache.own, `${randomUUID()}.partial`);
  try {
    await download(partial);
    const { size } = await stat(partial);
    if (size !== object.bytes) throw new Error(`a download has ${size} bytes instead of ${object.bytes}`);
    await chmod(partial, 0o444);
    await rename(partial, join(cache.objects, object.name));
  } finally {
    await rm(partial, { force: true });
    // Not while another looks at what there is: it would miss these bytes in both places.
    await cache.alone(async () => void (cache.reserved -= object.bytes));
  }
}

/** Makes room by evicting what nobody uses, the longest unused first. */
async function reserve(cache: Cache, object: CachedObject): Promise<void> {
  if (object.bytes > cache.bytes) throw cacheFull(cache, object, 'it is larger than the whole cache');
  const files = await findCopies(cache);
  let used = cache.reserved + object.bytes;
  for (const { bytes } of files.values()) used += bytes;
  const unused = [...files.values()]
    .filter(({ links }) => links === 1)
    .toSorted((a, b) => a.usedAt - b.usedAt);
  for (const { path, bytes } of unused) {
    if (used <= cache.bytes) break;
    await rm(path, { force: true });
    used -= bytes;
  }
  if (used > cache.bytes) throw cacheFull(cache, object, 'everything in it is in use');
  cache.reserved += object.bytes;
}

function cacheFull({ folder, bytes }: Cache, object: CachedObject, reason: string): ApplicationFailure {
  const message =
    `An object of ${object.bytes} bytes finds no room in the cache of ${bytes} bytes in ${folder}: ${reason}. ` +
    'Raise ASSAY_STAGE_MB, or let fewer tasks run at once.';
  return ApplicationFailure.create({ message, type: 'StageCacheFull', nonRetryable: object.bytes > bytes });
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function oneAfterTheOther(): Cache['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (body) => {
    const next = last.then(body, body);
    last = next.catch(() => undefined);
    return next;
  };
}
