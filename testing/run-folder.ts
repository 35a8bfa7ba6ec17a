/**
 * The temporary folder of a run of the tests: all of its processes make theirs in it. A run whose tests leave something
 * there fails and names it; a run that is interrupted removes it on its way out, and one that is killed leaves it to the next.
 */
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { sweepScratch } from '../workers/scratch.ts';

const PREFIX = `assay-tests-${hostname()}-`;

export default async function setup(): Promise<() => Promise<void>> {
  const before = process.env['TMPDIR'];
  const { folder, close } = await openRunFolder();
  // Workers of the tests, and whatever they start, inherit it.
  process.env['TMPDIR'] = folder;
  return async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await close().catch((error: unknown) => {
      // Vitest prints what a teardown throws, and takes it for no failure.
      process.exitCode = 1;
      throw error;
    });
  };
}

/** @throws Error from `close` where something has been left in the folder, which is removed nevertheless */
export async function openRunFolder(
  parent = tmpdir(),
): Promise<{ readonly folder: string; readonly close: () => Promise<void> }> {
  await sweepScratch(parent, PREFIX);
  const folder = join(parent, `${PREFIX}${process.pid}`);
  // No process but this one has its number: an earlier one that had it is no more.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  return {
    folder,
    close: async () => {
      const left = await readdir(folder);
      remove();
      process.off('exit', remove);
      if (left.length > 0) throw new Error(`tests have left in their temporary folder: ${left.join(', ')}`);
    },
  };
}
