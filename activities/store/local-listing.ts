/** Lists a folder tree in the order of its keys, with memory bounded by a page and not by the tree. */
import type { Dirent, Stats } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInfo } from './contract.ts';
import { compareKeys } from './keys.ts';

/** Names of one folder that are held at a time. */
const PAGE = 1000;

interface Entry {
  /** Folders end with a slash, which is how their keys sort: `a-`, `a.`, `a/…`, `a0`. */
  readonly name: string;
  readonly folder: boolean;
}

export interface Listing {
  readonly root: string;
  readonly prefix: string;
  /** Exclusive; `''` for none. */
  readonly after: string;
  /** Names at the root that hold no objects. */
  readonly hidden: ReadonlySet<string>;
}

export function listFolder(listing: Listing): AsyncIterable<ObjectInfo> {
  return walk(listing, listing.prefix.slice(0, listing.prefix.lastIndexOf('/') + 1));
}

async function* walk(listing: Listing, base: string): AsyncGenerator<ObjectInfo> {
  for await (const { name, folder } of entries(listing, base)) {
    const key = base + name;
    if (folder) yield* walk(listing, key);
    else {
      const info = await describe(listing.root, key);
      if (info !== undefined) yield info;
    }
  }
}

async function* entries(listing: Listing, base: string): AsyncGenerator<Entry> {
  let cursor = '';
  for (;;) {
    const page = await smallest(listing, base, cursor);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    cursor = last.name;
  }
}

/** The next page of a folder: one pass that keeps the smallest names beyond the cursor. */
async function smallest(listing: Listing, base: string, cursor: string): Promise<Entry[]> {
  const kept: Entry[] = [];
  const trim = (): void => {
    kept.sort((a, b) => compareKeys(a.name, b.name));
    kept.splice(PAGE);
  };
  for await (const found of openFolder(join(listing.root, base))) {
    const entry = await classify(listing, base, found);
    if (entry === undefined || (cursor !== '' && compareKeys(entry.name, cursor) <= 0)) continue;
    if (kept.push(entry) >= 2 * PAGE) trim();
  }
  trim();
  return kept;
}

async function* openFolder(path: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(path);
  } catch (error) {
    // A prefix that names no folder lists nothing, and so does one deleted while it is read.
    if (!isMissing(error)) throw error;
  }
}

async function classify(listing: Listing, base: string, found: Dirent): Promise<Entry | undefined> {
  if (base === '' && listing.hidden.has(found.name)) return undefined;
  const kind = found.isSymbolicLink() ? await follow(join(listing.root, base, found.name)) : found;
  if (kind?.isDirectory() === true) {
    const name = `${found.name}/`;
    return reaches(listing, base + name) ? { name, folder: true } : undefined;
  }
  if (kind?.isFile() !== true) return undefined;
  const key = base + found.name;
  const wanted = key.startsWith(listing.prefix) && compareKeys(key, listing.after) > 0;
  return wanted ? { name: found.name, folder: false } : undefined;
}

/** Whether a folder can hold a key with the prefix that lies beyond `after`. */
function reaches({ prefix, after }: Listing, folder: string): boolean {
  const withPrefix = folder.startsWith(prefix) || prefix.startsWith(folder);
  return withPrefix && (after.startsWith(folder) || compareKeys(folder, after) > 0);
}

async function describe(root: string, key: string): Promise<ObjectInfo | undefined> {
  const found = await follow(join(root, key));
  return found && { key, bytes: found.size, modifiedAt: found.mtime };
}

async function follow(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
