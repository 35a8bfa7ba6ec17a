import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { ObjectStore } from './contract.ts';
import { createLocalStore } from './local-store.ts';
import { createMountedStore } from './mounted-store.ts';

describe('createMountedStore', () => {
  let folder: string;
  let root: ObjectStore;
  let models: ObjectStore;
  let store: ObjectStore;

  beforeEach(async () => {
    folder = await temporaryFolder('mounted');
    root = createLocalStore(join(folder, 'root'));
    models = createLocalStore(join(folder, 'models'));
    store = createMountedStore(root, 'registry/', models);
  });

  const keys = async (from: ObjectStore, ...given: Parameters<ObjectStore['list']>): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of from.list(...given)) found.push(key);
    return found;
  };

  it('writes under the folder into the one store, and everything else into the other', async () => {
    await store.put('registry/readmission/log/1.json', 'entry');
    await store.put('lake/gold/part.parquet', 'rows');
    expect(await store.putIfAbsent('registry/readmission/log/1.json', 'late')).toBe(false);
    expect(await keys(models, '')).toEqual(['registry/readmission/log/1.json']);
    expect(await keys(root, '')).toEqual(['lake/gold/part.parquet']);
    expect(Buffer.from(await store.get('registry/readmission/log/1.json')).toString()).toBe('entry');
    expect(await store.head('lake/gold/part.parquet')).toMatchObject({ bytes: 4 });
  });

  it('lists both as one, in key order, from where it is asked to', async () => {
    for (const key of ['zone/c', 'registry/b', 'lake/a', 'registry/a', 'registry-notes/n'])
      await store.put(key, '');
    const all = ['lake/a', 'registry-notes/n', 'registry/a', 'registry/b', 'zone/c'];
    expect(await keys(store, '')).toEqual(all);
    expect(await keys(store, '', { after: 'registry/a' })).toEqual(['registry/b', 'zone/c']);
    expect(await keys(store, 'reg')).toEqual(all.slice(1, 4));
    expect(await keys(store, 'registry/')).toEqual(['registry/a', 'registry/b']);
  });

  it('hides what the root has under the folder, such as models from before the folder had a store', async () => {
    await root.put('registry/old', '');
    expect(await keys(store, '')).toEqual([]);
    expect(await store.head('registry/old')).toBeUndefined();
  });

  it('deletes each key where it is', async () => {
    await store.put('registry/a', '');
    await store.put('lake/a', '');
    await store.delete(['registry/a', 'lake/a', 'registry/never']);
    expect([...(await keys(root, '')), ...(await keys(models, ''))]).toEqual([]);
  });
});
