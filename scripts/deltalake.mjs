/**
 * delta-rs for Python, which the tests of the lake read our tables with. Nothing else needs it.
 * In a folder for PYTHONPATH, because many systems forbid pip to touch their own packages.
 */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, installPart } from './cache.mjs';
import { run } from './command.mjs';
import { requirePython } from './python.mjs';

const { deltalake } = JSON.parse(await readFile(new URL('./parts.json', import.meta.url), 'utf8'));

export const name = `deltalake ${deltalake.version} (for tests only)`;

/** `{ path }` of the folder, or undefined when it has to be installed. Some of it is built for one version of Python. */
export async function findDeltalake() {
  const path = join(cacheRoot(), await folderName());
  return existsSync(path) ? { path } : undefined;
}

export async function installDeltalake() {
  const { command } = await requirePython(name);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target'];
  const path = await installPart(await folderName(), (folder) =>
    run(command, [...pip, folder, ...deltalake.requirements]),
  );
  return { path };
}

async function folderName() {
  const { version } = await requirePython(name);
  return `deltalake-${deltalake.version}-python-${version}`;
}
