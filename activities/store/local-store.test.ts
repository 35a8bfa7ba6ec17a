import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createLocalStore } from './local-store.ts';
import { storeSuite } from './testing/suite.ts';

const folder = (): Promise<string> => temporaryFolder('store');

storeSuite('a local folder', async () => createLocalStore(await folder()));

it('never lists what a killed writer left behind, and lets nobody write there', async () => {
  const root = await folder();
  const store = createLocalStore(root);
  await store.put('a', 'x');
  await mkdir(join(root, '.tmp'), { recursive: true });
  await writeFile(join(root, '.tmp', 'half'), 'half an obj');
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  expect(keys).toEqual(['a']);
  await expect(store.put('.tmp/x', 'x')).rejects.toMatchObject({ type: 'InvalidKey' });
});

it('leaves no temporary file behind, won or lost', async () => {
  const root = await folder();
  const store = createLocalStore(root);
  await Promise.all([1, 2, 3, 4].map((writer) => store.putIfAbsent('k', String(writer))));
  await expect(store.upload('u', join(root, 'no such file'))).rejects.toThrow('ENOENT');
  expect(await readdir(join(root, '.tmp'))).toEqual([]);
});

it('says where it is as a file address', async () => {
  const root = await folder();
  expect(createLocalStore(root).uri).toMatch(/^file:\/\/\/.*assay-store-/);
});
