/**
 * The temporary folder of a run of the tests: all of its processes make theirs in it. A run whose tests leave one of
 * ours there fails and names it, and notes what libraries leave; a run that is interrupted removes it on its way out,
 * and one that is killed leaves it to the next.
 */
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { sweepScratch } from '../workers/scratch.ts';

/** As `temporaryFolder` and all of the project name theirs. */
const OURS = 'assay-';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
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

/** @throws Error from `close` where a folder of ours has been left in it; it is removed nevertheless */
export async function openRunFolder(
  parent = tmpdir(),
  note = (text: string): void => void process.stderr.write(`${text}\n`),
): Promise<{ readonly folder: string; readonly close: () => Promise<void> }> {
  await sweepScratch(parent, PREFIX);
  const folder = join(parent, `${PREFIX}${process.pid}`);
  // No process but this one has its number: an earlier one that had it is no more.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const interrupted = (signal: NodeJS.Signals): void => {
    remove();
    // Where nobody else has something to do first, the process ends as it would have.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.once('exit', remove);
  for (const signal of SIGNALS) process.once(signal, interrupted);
  return {
    folder,
    close: async () => {
      const left = await readdir(folder);
      remove();
      process.off('exit', remove);
      for (const signal of SIGNALS) process.off(signal, interrupted);
      const ours = left.filter((name) => name.startsWith(OURS));
      const others = left.filter((name) => !name.startsWith(OURS));
      if (others.length > 0) note(`left in the temporary folder by libraries: ${others.join(', ')}`);
      if (ours.length > 0) throw new Error(`tests have left in their temporary folder: ${ours.join(', ')}`);
    },
  };
}
