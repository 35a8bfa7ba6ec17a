import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { sweepScratch } from './scratch.ts';

describe('sweepScratch', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder('scratch');
  });

  it('removes what ended processes of this machine have left, and nothing else', async () => {
    const ended = spawnSync('true').pid;
    const kept = [`${hostname()}-${process.pid}`, `${hostname()}-elsewhere`, `another.example-${ended}`];
    for (const name of [...kept, `${hostname()}-${ended}`]) {
      await mkdir(join(folder, name, 'session-1'), { recursive: true });
      await writeFile(join(folder, name, 'session-1', 'spill'), 'rows');
    }
    await sweepScratch(folder);
    expect((await readdir(folder)).toSorted()).toEqual(kept.toSorted());
  });

  it('has nothing to do where there is no folder yet', async () => {
    await expect(sweepScratch(join(folder, 'none'))).resolves.toBeUndefined();
  });
});
