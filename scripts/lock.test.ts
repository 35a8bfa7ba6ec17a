import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const url = new URL('./lock.mjs', import.meta.url).href;

describe('withLock', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder('lock');
  });

  /** A process that holds the lock while it makes and removes a file that must not be there twice. */
  const worker = (): Promise<number> =>
    ended(`
      const { withLock } = await import(${JSON.stringify(url)});
      const { mkdir, rmdir } = await import('node:fs/promises');
      const inside = ${JSON.stringify(join(folder, 'inside'))};
      for (let turn = 0; turn < 5; turn += 1) {
        await withLock(${JSON.stringify(join(folder, 'lock'))}, async () => {
          await mkdir(inside);
          await new Promise((resolve) => setTimeout(resolve, 5));
          await rmdir(inside);
        });
      }`);

  it('lets one process in at a time, and each of them once', async () => {
    expect(await Promise.all([worker(), worker(), worker()])).toEqual([0, 0, 0]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a holder that was killed', async () => {
    const lock = join(folder, 'lock');
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await writeFile(lock, String(dead.pid));
    const past = new Date(Date.now() - 5_000);
    await utimes(lock, past, past);
    expect(await worker()).toBe(0);
  });
});

function ended(program: string): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
