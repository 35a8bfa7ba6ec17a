import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDuckDB } from '../activities/lake/duckdb.ts';
import { createLocalStore } from '../activities/store/local-store.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createComponents, type Component, type ComponentOptions } from './components.ts';

describe('createComponents', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await temporaryFolder('components');
    await writeFile(join(folder, 'bundle.js'), 'export {}');
  });

  const component = (name: string, more: Partial<ComponentOptions> = {}): Component => {
    const components = createComponents({
      store: createLocalStore(join(folder, 'store')),
      duckdb: createDuckDB({ memoryLimit: '256MB', threads: 1, tempDirectory: folder }),
      temporalCommand: undefined,
      temporalAddress: undefined,
      xgboostLibrary: undefined,
      bundleFile: join(folder, 'bundle.js'),
      codeVersion: '3f2a90c1b7de',
      root: folder,
      ...more,
    });
    const found = components.find((each) => each.name === name);
    if (!found) throw new Error(`There is no component ${name}.`);
    return found;
  };

  it('reads the versions of DuckDB and ONNX Runtime from the engines themselves', async () => {
    expect(await component('DuckDB').try()).toEqual({ version: expect.stringMatching(/^v1\.5\./) });
    expect(await component('ONNX Runtime').try()).toEqual({ version: expect.stringMatching(/^1\.30/) });
  });

  it("loads XGBoost's library and asks it for its version", async (ctx) => {
    const xgboostLibrary = process.env['ASSAY_XGBOOST'];
    if (xgboostLibrary === undefined) return ctx.skip('XGBoost is not set up: ASSAY_XGBOOST is not set');
    expect(await component('XGBoost', { xgboostLibrary }).try()).toMatchObject({ version: '3.2.0' });
  });

  it('refuses a file that is not a library', async () => {
    const xgboostLibrary = join(folder, 'bundle.js');
    await expect(component('XGBoost', { xgboostLibrary }).try()).rejects.toThrow('bundle.js');
  });

  it('writes to the store and leaves nothing there', async () => {
    const store = createLocalStore(join(folder, 'store'));
    await component('object store', { store }).try();
    const left: string[] = [];
    for await (const { key } of store.list('')) left.push(key);
    expect(left).toEqual([]);
  });

  it('says that a store which takes both of two writers is no store', async () => {
    const store = { ...createLocalStore(join(folder, 'store')), putIfAbsent: async () => true };
    await expect(component('object store', { store }).try()).rejects.toThrow('the first of two writers');
  });

  it('says which build it is, and where that stands', async () => {
    expect(await component('Assay').try()).toEqual({ version: '3f2a90c1b7de', where: folder });
  });

  it('needs no command where a server is configured', () => {
    expect(component('Temporal command', { temporalAddress: '127.0.0.1:1' }).needed).toBe(false);
    expect(component('Temporal command').needed).toBe(true);
  });
});
