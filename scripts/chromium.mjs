/** Debian's Chromium, which the tests of the reports look at pages with. Nothing else needs it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';

const PROGRAMS = ['chromium', 'chromium-browser'];

export const name = 'Chromium (for tests only)';

/** `{ path }` of the program on PATH, or undefined where there is none. */
export async function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const path = folders.flatMap((folder) => PROGRAMS.map((file) => join(folder, file))).find(isExecutable);
  return path === undefined ? undefined : { path };
}

/** From the system's own packages, where we may install some. */
export async function installChromium() {
  if (process.getuid?.() !== 0) throw new Error('only root may install it (apt-get install chromium)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { env });
  const found = await findChromium();
  if (!found) throw new Error('apt-get installed it, and yet there is none on PATH');
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
