import { describe, expect, it } from 'vitest';

import { temporaryStore } from '../ledger/testing/records.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { AssetEvent } from './contract.ts';
import { createAssetLog } from './log.ts';

const hour = (at: number): { start: string; end: string } => ({
  start: `2026-01-01T${String(at).padStart(2, '0')}:00:00Z`,
  end: `2026-01-01T${String(at + 1).padStart(2, '0')}:00:00Z`,
});

function event(at: number, more: Partial<AssetEvent> = {}): Omit<AssetEvent, 'at'> {
  return { asset: 'lake.gold', partition: hour(at), key: `run-${at}/1/gold`, source: 'a test', ...more };
}

/** Fails as if the process had died there, at the first object whose key matches. */
function dyingBefore(store: ObjectStore, pattern: RegExp): ObjectStore {
  let isDead = false;
  return {
    ...store,
    putIfAbsent: async (key, body) => {
      if (!isDead && pattern.test(key)) {
        isDead = true;
        throw new Error('killed');
      }
      return store.putIfAbsent(key, body);
    },
  };
}

describe('the log of an asset', () => {
  it('numbers events from 1, and tells them in that order', async () => {
    const log = createAssetLog(await temporaryStore());
    for (const at of [3, 1, 2]) await log.append(event(at));
    const read = await log.read('lake.gold', 0, 10);
    expect(read.map(({ number, partition }) => [number, partition.start])).toEqual([
      [1, hour(3).start],
      [2, hour(1).start],
      [3, hour(2).start],
    ]);
    expect(await log.read('lake.gold', 1, 1)).toEqual(read.slice(1, 2));
    expect(await log.head('lake.gold')).toBe(3);
    expect(await log.head('nothing')).toBe(0);
  });

  it('holds an event once, however often and by whomever it is told', async () => {
    const store = await temporaryStore();
    const first = await createAssetLog(store).append(event(1));
    await createAssetLog(store).append(event(2));
    const again = await createAssetLog(store).append(event(1));
    expect(again).toEqual(first);
    expect(await createAssetLog(store).head('lake.gold')).toBe(2);
  });

  it('gives each of many that write at once a number of its own, and none of them two', async () => {
    const store = await temporaryStore();
    const logs = Array.from({ length: 4 }, () => createAssetLog(store));
    const events = Array.from({ length: 12 }, (_, at) => event(at));
    await Promise.all(logs.flatMap((log) => events.map((one) => log.append(one))));
    const read = await createAssetLog(store).read('lake.gold', 0, 100);
    expect(read.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    expect(new Set(read.map(({ key }) => key)).size).toBe(12);
  });

  it.each([
    ['before it was told at all', /partitions/],
    ['when it stands under its partition, but not in the log', /log/],
  ])('loses nothing of an event that was cut off %s', async (_when, pattern) => {
    const store = await temporaryStore();
    await createAssetLog(store).append(event(1));
    await expect(createAssetLog(dyingBefore(store, pattern)).append(event(2))).rejects.toThrow('killed');
    await createAssetLog(store).append(event(3));
    await createAssetLog(store).append(event(2));
    const read = await createAssetLog(store).read('lake.gold', 0, 10);
    expect(read.map(({ partition }) => partition.start)).toEqual([1, 3, 2].map((at) => hour(at).start));
  });

  it('knows partitions, whatever is in their key, by whole seconds', async () => {
    const log = createAssetLog(await temporaryStore());
    const partition = { start: '2026-01-01T00:00:00.000Z', end: '2026-01-01T01:00:00+00:00', key: 'eu/1 @x' };
    await log.append(event(0, { partition }));
    const canonical = { ...hour(0), key: 'eu/1 @x' };
    expect(await log.has('lake.gold', canonical)).toBe(true);
    expect(await log.has('lake.gold', hour(0))).toBe(false);
    expect(await log.partitions('lake.gold')).toEqual([canonical]);
  });

  it('names the assets, also where one name begins like another', async () => {
    const log = createAssetLog(await temporaryStore());
    const names = ['a', 'a-b', 'a.b', 'a1', 'b'];
    for (const asset of names) await log.append(event(1, { asset }));
    expect((await log.names()).toSorted()).toEqual(names);
  });

  it('refuses what is no name', async () => {
    const log = createAssetLog(await temporaryStore());
    await expect(log.append(event(1, { asset: '../lake' }))).rejects.toThrow(/no asset name/);
  });
});
