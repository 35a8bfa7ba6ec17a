/**
 * The user's cache folder: what is too big or too slow to fetch for every clone.
 * A part appears there whole or not at all: it is made in a folder beside it and renamed.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withLock } from './lock.mjs';

/** After this long an unfinished folder belongs to a set-up that was interrupted. */
const ABANDONED_MS = 60 * 60 * 1000;

/** `ASSAY_CACHE`, else the place where the system keeps its users' caches. */
export function cacheRoot(env = process.env) {
  if (env.ASSAY_CACHE) return env.ASSAY_CACHE;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'assay');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'assay');
}

export function platform() {
  return `${process.platform}-${process.arch}`;
}

/** The pinned entry for this machine, or an error that names what is supported. */
export function forPlatform(platforms, what) {
  const entry = platforms[platform()];
  if (entry) return entry;
  const known = Object.keys(platforms).join(', ');
  throw new Error(`No ${what} is pinned for ${platform()}; there is one for ${known}.`);
}

/**
 * Makes `<cache>/<name>` by `fill(folder)`, once, also when two processes want it at the same time.
 * Returns the folder.
 */
export async function installPart(name, fill) {
  const root = cacheRoot();
  const target = join(root, name);
  await mkdir(root, { recursive: true });
  await withLock(join(root, `${name}.lock`), async () => {
    if (existsSync(target)) return;
    await removeAbandoned(root);
    const folder = await mkdtemp(join(root, '.unfinished-'));
    try {
      await fill(folder);
      await rename(folder, target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return target;
}

export async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Throws unless the file is byte for byte the pinned one. */
export async function checkDigest(file, expected, what) {
  const actual = await sha256(file);
  if (actual === expected) return;
  throw new Error(`${what} has sha256 ${actual}, pinned is ${expected}: it is not used.`);
}

async function removeAbandoned(root) {
  for (const name of await readdir(root)) {
    if (!name.startsWith('.unfinished-')) continue;
    const { mtimeMs } = await stat(join(root, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(join(root, name), { recursive: true, force: true });
  }
}
