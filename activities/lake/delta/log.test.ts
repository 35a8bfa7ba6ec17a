import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryLake } from '../testing/temporary-lake.ts';
import type { TemporaryLake } from '../testing/temporary-lake.ts';

let temporary: TemporaryLake;

beforeAll(async () => {
  temporary = await temporaryLake();
});
afterAll(() => temporary.close());

const SCHEMA = '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}}]}';
const number = (version: number): string => String(version).padStart(20, '0');

/** A log of one commit, as another writer might leave it. */
async function foreign(table: string, actions: object[]): Promise<void> {
  const metaData = { id: 'x', format: { provider: 'parquet' }, schemaString: SCHEMA, partitionColumns: [] };
  const lines = [{ metaData }, ...actions].map((action) => JSON.stringify(action));
  await temporary.store.put(`lake/${table}/_delta_log/${number(0)}.json`, lines.join('\n'));
}

const add = (more: object): object => ({
  add: { path: 'x.parquet', partitionValues: {}, size: 1, modificationTime: 0, dataChange: true, ...more },
});

const V1 = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };

describe('a table of another writer', () => {
  it.each<[string, object[]]>([
    [
      'deletionVectors',
      [{ protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'] } }],
    ],
    [
      'v2Checkpoint',
      [{ protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['v2Checkpoint'] } }],
    ],
    ['columnMapping', [{ protocol: { minReaderVersion: 2, minWriterVersion: 5 } }]],
    ['reader version 9', [{ protocol: { minReaderVersion: 9, minWriterVersion: 9 } }]],
    ['deletionVectors', [V1, add({ deletionVector: { storageType: 'u' } })]],
    ['data files outside its folder', [V1, add({ path: 's3://elsewhere/x.parquet' })]],
    ['a log whose beginning is missing', []],
  ])('is refused naming %s', async (feature, actions) => {
    await foreign('foreign/reader', actions);
    await expect(temporary.lake.snapshot('foreign/reader')).rejects.toMatchObject({
      type: 'UnsupportedTable',
    });
    await expect(temporary.lake.snapshot('foreign/reader')).rejects.toThrow(feature);
  });

  it('is read but not written when it asks its writers for more than we have', async () => {
    await foreign('foreign/writer', [{ protocol: { minReaderVersion: 1, minWriterVersion: 4 } }]);
    expect(await temporary.read('foreign/writer')).toEqual([]);
    const write = temporary.write('foreign/writer', {
      query: 'SELECT 1::BIGINT AS id',
      mode: 'append',
      key: 'k',
    });
    await expect(write).rejects.toMatchObject({
      type: 'UnsupportedTable',
      details: [{ feature: 'writer version 4' }],
    });
  });

  it('is added to but not overwritten when it is append-only', async () => {
    await temporary.write('foreign/only', { query: 'SELECT 1::BIGINT AS id', mode: 'append', key: 'a' });
    const key = `lake/foreign/only/_delta_log/${number(0)}.json`;
    const log = Buffer.from(await temporary.store.get(key)).toString('utf8');
    await temporary.store.put(
      key,
      log.replace('"configuration":{', '"configuration":{"delta.appendOnly":"true",'),
    );
    const write = { query: 'SELECT 2::BIGINT AS id', mode: 'append', key: 'b' } as const;
    await temporary.write('foreign/only', write);
    const overwrite = temporary.write('foreign/only', { ...write, mode: 'overwrite', key: 'c' });
    await expect(overwrite).rejects.toThrow('appendOnly');
    expect(await temporary.read('foreign/only')).toHaveLength(2);
  });
});

describe('a log', () => {
  const commits = async (table: string, from: number, to: number): Promise<void> =>
    temporary.duckdb.session(async (session) => {
      for (let i = from; i < to; i++) {
        const query = 'SELECT $i::BIGINT AS id';
        await temporary.lake.write(session, table, { query, params: { i }, mode: 'append', key: `k${i}` });
      }
    });

  it('is read from its checkpoint on, at any version, whatever the hint says', async () => {
    const table = 'log/long';
    await commits(table, 0, 53);
    const count = async (version?: number): Promise<number> =>
      (await temporary.lake.snapshot(table, version)).rows;
    expect([await count(49), await count(50), await count(51), await count()]).toEqual([50, 51, 52, 53]);
    const hint = `lake/${table}/_delta_log/_last_checkpoint`;
    for (const damaged of ['{"version": 99}', 'not json', '']) {
      await temporary.store.put(hint, damaged);
      expect(await count()).toBe(53);
    }
    await temporary.store.delete([
      hint,
      ...[0, 7, 50].map((v) => `lake/${table}/_delta_log/${number(v)}.json`),
    ]);
    expect(await count()).toBe(53);
    expect((await temporary.lake.snapshot(table)).transactions).toMatchObject({ k0: 0, k52: 52 });
    await expect(count(49)).rejects.toMatchObject({ type: 'UnsupportedTable' });
  });

  it('with a missing commit is refused instead of being read without it', async () => {
    const table = 'log/gap';
    await commits(table, 0, 4);
    await temporary.store.delete([`lake/${table}/_delta_log/${number(2)}.json`]);
    await expect(temporary.lake.snapshot(table)).rejects.toThrow('commit 2, which its log lacks');
  });
});
