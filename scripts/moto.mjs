/**
 * moto, a server that speaks AWS's protocols, which the tests of SNS, SQS, Secrets Manager and KMS run against. Nothing else
 * needs it. In a folder for PYTHONPATH, and without what only other services of it use: 114 MB instead of 291.
 */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, installPart } from './cache.mjs';
import { run } from './command.mjs';
import { requirePython } from './python.mjs';

const { moto } = JSON.parse(await readFile(new URL('./parts.json', import.meta.url), 'utf8'));

export const name = `moto ${moto.version} (for tests only)`;

/** `{ path }` of the folder, or undefined when it has to be installed. Some of it is built for one version of Python. */
export async function findMoto() {
  const path = join(cacheRoot(), await folderName());
  return existsSync(path) ? { path } : undefined;
}

export async function installMoto() {
  const { command } = await requirePython(name);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target'];
  const path = await installPart(await folderName(), (folder) =>
    run(command, [...pip, folder, ...moto.requirements]),
  );
  return { path };
}

async function folderName() {
  const { version } = await requirePython(name);
  return `moto-${moto.version}-python-${version}`;
}
