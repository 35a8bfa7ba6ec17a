import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openRunFolder } from './run-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('temporaryFolder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder('example');
  });
  // A hook that is registered later runs earlier.
  afterAll(() => {
    if (!existsSync(folder)) throw new Error(`${folder} was removed before the hooks of its file had run`);
  });

  it('lies in the folder of this run of the tests, under a name that says what it is for', () => {
    expect(basename(dirname(folder))).toMatch(new RegExp(`^assay-tests-${hostname()}-\\d+$`));
    expect(dirname(folder)).toBe(tmpdir());
    expect(basename(folder)).toMatch(/^assay-example-/);
  });
});

describe('openRunFolder', () => {
  it('is gone when it is closed', async () => {
    const parent = await temporaryFolder('parent');
    const { folder, close } = await openRunFolder(parent);
    expect(await readdir(parent)).toEqual([basename(folder)]);
    await close();
    expect(await readdir(parent)).toEqual([]);
  });

  it('names what has been left in it, and removes that, too', async () => {
    const parent = await temporaryFolder('parent');
    const notes: string[] = [];
    const { folder, close } = await openRunFolder(parent, (text) => notes.push(text));
    await mkdir(join(folder, 'assay-forgotten-x'));
    await writeFile(join(folder, '.of-a-library'), '');
    await expect(close()).rejects.toThrow('tests have left in their temporary folder: assay-forgotten-x');
    expect(notes).toEqual(['left in the temporary folder by libraries: .of-a-library']);
    expect(await readdir(parent)).toEqual([]);
  });

  it('removes what killed runs have left, and nothing else', async () => {
    const parent = await temporaryFolder('parent');
    const ended = `assay-tests-${hostname()}-${spawnSync('true').pid}`;
    const kept = [
      `assay-tests-${hostname()}-${process.ppid}`,
      'assay-tests-another-machine-1',
      'assay-tests',
    ];
    for (const name of [ended, ...kept]) {
      await mkdir(join(parent, name));
      await writeFile(join(parent, name, 'some'), 'thing');
    }
    const { close } = await openRunFolder(parent);
    await close();
    expect((await readdir(parent)).toSorted()).toEqual(kept.toSorted());
  });
});
