/**
 * Brings what is missing: npm packages, the Temporal command, XGBoost's library, the compiled code.
 * Runs on Node alone. What is there already is left as it is, so it may run at every start, and
 * an interrupted one goes on where it stood. `node scripts/setup.mjs` does nothing else.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { localFolder } from './clone.mjs';
import { withLock } from './lock.mjs';
import * as npm from './node-modules.mjs';
import { requireNode } from './node-version.mjs';
import { note, step } from './progress.mjs';
import * as temporal from './temporal.mjs';
import * as xgboost from './xgboost.mjs';

const partsFile = join(localFolder, 'parts.json');

/** Installs what is missing, compiles, and tells this process and its children where the native parts are. */
export async function ensureSetUp() {
  Object.assign(process.env, partsEnvironment(await installParts()));
  await build();
}

/**
 * Everything but the compiled code: `{ temporal?: { path, version, source }, xgboost: { … } }`.
 * `temporal` may be absent only when `TEMPORAL_ADDRESS` names a server.
 */
export async function installParts() {
  requireNode();
  const parts = await quick();
  if (parts) return parts;
  await mkdir(localFolder, { recursive: true });
  return withLock(join(localFolder, 'setup.lock'), everything);
}

/** Settings through which compiled code and tests learn where the native parts are. */
export function partsEnvironment(parts) {
  return {
    ASSAY_XGBOOST: process.env.ASSAY_XGBOOST ?? parts.xgboost.path,
    ...(parts.temporal && { ASSAY_TEMPORAL_BIN: process.env.ASSAY_TEMPORAL_BIN ?? parts.temporal.path }),
  };
}

/** What an earlier set-up wrote down, if all of it still stands: some milliseconds. */
async function quick() {
  if (!existsSync(partsFile)) return undefined;
  const parts = JSON.parse(await readFile(partsFile, 'utf8'));
  const served = parts.temporal ? existsSync(parts.temporal.path) : Boolean(process.env.TEMPORAL_ADDRESS);
  const complete = served && existsSync(parts.xgboost.path) && (await npm.findNodeModules());
  return complete ? parts : undefined;
}

async function everything() {
  const fetched = await Promise.allSettled([
    step(npm.name, npm.findNodeModules, npm.installNodeModules),
    step(temporal.name, temporal.findTemporal, installTemporal, temporal.bytes),
    step(xgboost.name, xgboost.findXgboost, xgboost.installXgboost, xgboost.bytes),
  ]);
  const failed = fetched.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(({ reason }) => reason.message).join('\n'));
  const [, server, library] = fetched.map(({ value }) => value);
  const parts = { ...(server && { temporal: server }), xgboost: library };
  await writeFile(`${partsFile}.new`, `${JSON.stringify(parts, null, 2)}\n`);
  await rename(`${partsFile}.new`, partsFile);
  return parts;
}

async function installTemporal() {
  if (!process.env.TEMPORAL_ADDRESS) return temporal.installTemporal(note);
  note(`no Temporal command here; TEMPORAL_ADDRESS names a server, ${process.env.TEMPORAL_ADDRESS}`);
  return undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await ensureSetUp();
    note('everything is in place');
  } catch (error) {
    note(error.message);
    process.exitCode = 2;
  }
}
