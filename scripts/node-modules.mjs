/** The npm packages of the lock file: in place, or put there by `npm ci`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.mjs';
import { cloneRoot } from './clone.mjs';

export const name = 'npm packages';

/** Whether exactly what the lock file names is installed, read from the list that npm leaves when it is done. */
export async function findNodeModules() {
  const [wanted, installed] = await Promise.all([
    packages(join(cloneRoot, 'package-lock.json')),
    packages(join(cloneRoot, 'node_modules', '.package-lock.json')),
  ]);
  if (installed === undefined) return undefined;
  for (const [path, { version, optional, peer }] of Object.entries(wanted)) {
    if (path === '' || installed[path]?.version === version) continue;
    // A native part for another system is not installed here; one at another version is out of date.
    if (!(optional || peer) || installed[path]) return undefined;
  }
  return { path: join(cloneRoot, 'node_modules'), count: Object.keys(installed).length };
}

export async function installNodeModules() {
  await run('npm', ['ci', '--no-progress'], { cwd: cloneRoot });
  const found = await findNodeModules();
  if (!found)
    throw new Error('npm ci ended well, but the installed packages are not those of package-lock.json.');
  return found;
}

async function packages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
