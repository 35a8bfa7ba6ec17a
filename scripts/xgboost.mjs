/** XGBoost's C library, out of the wheel that carries it: no Python package is installed or run. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot, forPlatform, installPart, platform } from './cache.mjs';
import { unpackWheel } from './python.mjs';

const { xgboost } = JSON.parse(await readFile(new URL('./parts.json', import.meta.url), 'utf8'));

export const name = `XGBoost ${xgboost.version}`;

/** How much comes over the network. */
export const bytes = xgboost.platforms[platform()]?.bytes;

/** `{ path, version, source }` of the library, or undefined when it has to be installed. */
export async function findXgboost() {
  const { library } = forPlatform(xgboost.platforms, 'XGBoost');
  const path = join(cacheRoot(), folderName(), library);
  return existsSync(path) ? { path, version: xgboost.version, source: 'cache' } : undefined;
}

export async function installXgboost() {
  const part = forPlatform(xgboost.platforms, 'XGBoost');
  const folder = await installPart(folderName(), (target) => fill(target, part));
  return { path: join(folder, part.library), version: xgboost.version, source: 'installed' };
}

function folderName() {
  return `xgboost-${xgboost.version}`;
}

/** The library finds its own OpenMP by a path relative to itself, so the layout is kept. */
async function fill(target, part) {
  const work = join(target, '.work');
  await mkdir(work);
  const unpacked = await unpackWheel(part, work);
  for (const path of part.keep) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await rename(join(unpacked, path), join(target, path));
  }
  await rm(work, { recursive: true });
}
