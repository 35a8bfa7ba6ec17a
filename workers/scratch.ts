/**
 * Where this process puts what it needs for a moment: spilled data, models on their way. Whoever makes
 * something there removes it; what a killed process has left, the next worker on this machine removes.
 */
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './env.ts';

const ALL = join(ROOT, '.assay', 'scratch');
/** A folder that several machines share has processes of the same number. */
const MACHINE = `${hostname()}-`;

/** Named after its owner, so that whoever comes later can tell whether it is still there. */
export const SCRATCH = join(ALL, `${MACHINE}${process.pid}`);

/**
 * Removes the folders of those processes of this machine that are no more.
 * @param prefix of the folders' names, which end with the number of a process
 */
export async function sweepScratch(folder = ALL, prefix = MACHINE): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(prefix) && !exists(Number(name.slice(prefix.length))));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

function exists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may be there without being ours to signal.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
