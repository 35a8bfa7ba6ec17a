import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryLake } from '../testing/temporary-lake.ts';
import type { TemporaryLake } from '../testing/temporary-lake.ts';

const HOUR_MS = 3_600_000;
const TABLE = 'test/table';

let lake: TemporaryLake;

beforeEach(async () => {
  lake = await temporaryLake();
});
afterEach(() => lake.close());

const write = (id: number, mode: 'append' | 'overwrite'): Promise<unknown> =>
  lake.write(TABLE, { query: 'SELECT $id::BIGINT AS id', params: { id }, mode, key: `k${id}` });
const ids = async (version?: number): Promise<unknown[]> =>
  (await lake.read(TABLE, version)).map(({ id }) => id);

/** A file that no commit knows, so many hours old. */
async function orphan(path: string, ageHours: number): Promise<void> {
  const file = join(lake.root, 'lake', TABLE, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'left behind');
  const at = new Date(lake.clock.now - ageHours * HOUR_MS);
  await utimes(file, at, at);
}

describe('a vacuum', () => {
  it('keeps what versions inside the retention need and deletes the rest', async () => {
    await write(1, 'append');
    lake.clock.now += HOUR_MS;
    await write(2, 'overwrite');
    lake.clock.now += 10 * HOUR_MS;
    await write(3, 'overwrite');
    lake.clock.now += HOUR_MS;
    const dry = await lake.lake.vacuum(TABLE, { retainHours: 5, dryRun: true });
    expect(dry.deleted).toHaveLength(1);
    expect(await ids(0)).toEqual([1]);
    expect(await lake.lake.vacuum(TABLE, { retainHours: 5 })).toEqual(dry);
    expect([await ids(1), await ids()]).toEqual([[2], [3]]);
    await expect(ids(0)).rejects.toMatchObject({ type: 'VersionNotFound' });
    await expect(ids(0)).rejects.toThrow('vacuum');
    expect(await lake.lake.history(TABLE)).toHaveLength(3);
  });

  it('deletes what crashed writers left, but never what may still be committed', async () => {
    await write(1, 'append');
    await orphan('part-old.parquet', 30);
    await orphan('p=1/part-old.parquet', 30);
    await orphan('part-young.parquet', 2);
    await orphan('_delta_log/old.tmp', 30);
    const { deleted } = await lake.lake.vacuum(TABLE, { retainHours: 24 });
    expect(deleted).toEqual(['p=1/part-old.parquet', 'part-old.parquet']);
    expect(await ids()).toEqual([1]);
  });

  it('knows removals that are older than the last checkpoint', async () => {
    await write(0, 'append');
    for (let i = 1; i <= 51; i++) await write(i, i === 1 ? 'overwrite' : 'append');
    lake.clock.now += 24 * HOUR_MS * 30;
    const { deleted } = await lake.lake.vacuum(TABLE, { retainHours: 24 * 60 });
    expect(deleted).toEqual([]);
    expect(await ids(0)).toEqual([0]);
  });

  it.each([-1, Number.NaN])('refuses to retain %s hours', async (retainHours) => {
    await write(1, 'append');
    await expect(lake.lake.vacuum(TABLE, { retainHours })).rejects.toThrow('retainHours');
  });
});
