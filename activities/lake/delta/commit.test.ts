import { afterEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../store/contract.ts';
import type { TableWrite } from '../contract.ts';
import { temporaryLake } from '../testing/temporary-lake.ts';
import type { TemporaryLake } from '../testing/temporary-lake.ts';

const TABLE = 'test/contended';

let open: TemporaryLake | undefined;

/** A lake whose puts into the log go through `put`. */
async function lakeWith(
  put: (commit: () => Promise<boolean>, key: string) => Promise<boolean> = (commit) => commit(),
): Promise<TemporaryLake> {
  open = await temporaryLake((store: ObjectStore) => ({
    ...store,
    putIfAbsent: (key, body) => put(() => store.putIfAbsent(key, body), key),
  }));
  return open;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

const row = (id: number, key: string, more: Partial<TableWrite> = {}): TableWrite => ({
  query: `SELECT $id::BIGINT AS id, 'p' || ($id % 2) AS p`,
  params: { id },
  mode: 'append',
  partitionBy: ['p'],
  key,
  ...more,
});

async function ids(lake: TemporaryLake, version?: number): Promise<unknown[]> {
  const rows = await lake.read(TABLE, version, 'SELECT id FROM it ORDER BY id');
  return rows.map(({ id }) => id);
}

async function dataFiles({ store }: TemporaryLake): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(`lake/${TABLE}/`)) if (key.endsWith('0.parquet')) found.push(key);
  return found.filter((key) => !key.includes('_delta_log'));
}

describe('sixteen writers of five commits each', () => {
  it('lose nothing, duplicate nothing and leave contiguous versions', async () => {
    const lake = await lakeWith();
    const writer = async (number: number): Promise<number[]> => {
      const versions: number[] = [];
      for (let turn = 0; turn < 5; turn++) {
        const id = number * 5 + turn;
        versions.push((await lake.write(TABLE, row(id, `key ${id}`))).version);
      }
      return versions;
    };
    const versions = await Promise.all(Array.from({ length: 16 }, (_, number) => writer(number)));
    const upTo80 = Array.from({ length: 80 }, (_, id) => id);
    expect(versions.flat().toSorted((a, b) => a - b)).toEqual(upTo80);
    expect(await ids(lake)).toEqual(upTo80);
    const history = await lake.lake.history(TABLE);
    expect(history.map(({ version }) => version)).toEqual(upTo80);
    expect(history.every(({ rows }) => rows.added === 1 && rows.removed === 0)).toBe(true);
    expect(
      await lake.store.head(`lake/${TABLE}/_delta_log/${'50'.padStart(20, '0')}.checkpoint.parquet`),
    ).toBeDefined();
  });
});

describe('a write under a key that has been committed', () => {
  it('commits nothing, runs nothing, and returns the version and size of the first', async () => {
    const lake = await lakeWith();
    const first = await lake.write(TABLE, row(1, 'same', { transactions: ['digest a'] }));
    await lake.write(TABLE, row(2, 'other'));
    const again = await lake.write(TABLE, { ...row(1, 'same'), query: 'SELECT this would fail' });
    expect(again).toEqual({ ...first, committed: false });
    expect(await ids(lake)).toEqual([1, 2]);
    expect((await lake.lake.snapshot(TABLE)).transactions).toEqual({ same: 0, 'digest a': 0, other: 1 });
  });

  it('commits once when its tries run at the same time', async () => {
    const lake = await lakeWith();
    const tries = await Promise.all(Array.from({ length: 8 }, () => lake.write(TABLE, row(1, 'same'))));
    expect(tries.filter(({ committed }) => committed)).toHaveLength(1);
    expect(new Set(tries.map(({ version }) => version))).toEqual(new Set([0]));
    expect(await ids(lake)).toEqual([1]);
  });
});

describe('a writer that fails', () => {
  it('between its files and its commit leaves the table as it was, and its retry commits once', async () => {
    let failures = 1;
    const lake = await lakeWith(async (commit) => {
      if (failures-- > 0) throw new Error('killed');
      return commit();
    });
    await expect(lake.write(TABLE, row(1, 'k'))).rejects.toThrow('killed');
    expect(await lake.lake.exists(TABLE)).toBe(false);
    expect(await dataFiles(lake)).toHaveLength(1);
    expect(await lake.write(TABLE, row(1, 'k'))).toMatchObject({ version: 0, committed: true });
    expect(await ids(lake)).toEqual([1]);
  });

  it.each([
    [
      'an error',
      (): never => {
        throw new Error('timed out');
      },
    ],
    ['the answer that somebody was first', (): boolean => false],
  ])('to hear of its own commit but %s, finds it by reading back', async (_, answer) => {
    const lake = await lakeWith(async (commit) => {
      await commit();
      return answer();
    });
    expect(await lake.write(TABLE, row(1, 'a'))).toMatchObject({ version: 0, committed: true });
    expect(await lake.write(TABLE, row(2, 'b'))).toMatchObject({ version: 1, committed: true });
    expect(await ids(lake)).toEqual([1, 2]);
  });
});

describe('a write that meets another commit', () => {
  /** Runs `intruder` just before the first commit that comes after it was set. */
  async function lakeWithIntruder(): Promise<
    TemporaryLake & { intrude(body: () => Promise<unknown>): void }
  > {
    let intruder: (() => Promise<unknown>) | undefined;
    const lake = await lakeWith(async (commit) => {
      const body = intruder;
      intruder = undefined;
      await body?.();
      return commit();
    });
    return { ...lake, intrude: (body) => void (intruder = body) };
  }

  it('replaces a partition on the newer state, and leaves what was added to the others', async () => {
    const lake = await lakeWithIntruder();
    await lake.write(TABLE, row(1, 'a'));
    await lake.write(TABLE, row(2, 'b'));
    lake.intrude(() => lake.write(TABLE, row(4, 'intruder')));
    const replaced = await lake.write(TABLE, row(3, 'c', { mode: { replace: { p: 'p1' } } }));
    expect(replaced).toMatchObject({ version: 3, committed: true });
    expect(await ids(lake)).toEqual([2, 3, 4]);
  });

  it('is refused when it has read what the other has changed, and goes through on a second try', async () => {
    const lake = await lakeWithIntruder();
    await lake.write(TABLE, row(1, 'a'));
    lake.intrude(() => lake.write(TABLE, row(5, 'intruder')));
    const write = row(3, 'c', { mode: { replace: { p: 'p1' } }, readVersion: 0 });
    await expect(lake.write(TABLE, write)).rejects.toMatchObject({
      type: 'WriteConflict',
      nonRetryable: false,
    });
    expect(await ids(lake)).toEqual([1, 5]);
    await lake.write(TABLE, { ...write, readVersion: 1 });
    expect(await ids(lake)).toEqual([3]);
  });

  it('goes through when the other has changed another partition than the one it has read', async () => {
    const lake = await lakeWithIntruder();
    await lake.write(TABLE, row(1, 'a'));
    lake.intrude(() => lake.write(TABLE, row(2, 'intruder')));
    await lake.write(TABLE, row(3, 'c', { mode: { replace: { p: 'p1' } }, readVersion: 0 }));
    expect(await ids(lake)).toEqual([2, 3]);
  });

  it('keeps the columns that both have added, and refuses one added with two types', async () => {
    const lake = await lakeWithIntruder();
    const wider = (extra: string): string => `SELECT $id::BIGINT AS id, 'p' || ($id % 2) AS p, ${extra}`;
    await lake.write(TABLE, row(1, 'a'));
    lake.intrude(() => lake.write(TABLE, row(2, 'b', { query: wider('1 AS x') })));
    await lake.write(TABLE, row(3, 'c', { query: wider('2 AS y') }));
    expect((await lake.lake.snapshot(TABLE)).columns.map(({ name }) => name)).toEqual(['id', 'p', 'x', 'y']);
    lake.intrude(() => lake.write(TABLE, row(4, 'd', { query: wider('1 AS z') })));
    const refused = lake.write(TABLE, row(5, 'e', { query: wider(`'text' AS z`) }));
    await expect(refused).rejects.toMatchObject({ type: 'SchemaMismatch', details: [{ column: 'z' }] });
    expect(await ids(lake)).toEqual([1, 2, 3, 4]);
  });

  it('joins the table that another writer has just made', async () => {
    const lake = await lakeWithIntruder();
    lake.intrude(() => lake.write(TABLE, row(1, 'intruder')));
    expect(await lake.write(TABLE, row(2, 'a'))).toMatchObject({ version: 1 });
    expect(await ids(lake)).toEqual([1, 2]);
  });
});
