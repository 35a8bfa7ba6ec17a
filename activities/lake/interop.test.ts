/**
 * The deltalake package (delta-rs 1.6) reads what we write, and we read what it writes.
 * `ASSAY_TEST_PYTHONPATH` says where it is installed; without it these tests are skipped.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlRow } from './contract.ts';
import { temporaryLake } from './testing/temporary-lake.ts';
import type { TemporaryLake } from './testing/temporary-lake.ts';

const PYTHON_PATH = process.env['ASSAY_TEST_PYTHONPATH'];
const PEER = fileURLToPath(new URL('./testing/deltalake-peer.py', import.meta.url));
const SKIPPED = 'skipped: ASSAY_TEST_PYTHONPATH does not say where the Python package deltalake is';

if (PYTHON_PATH === undefined) console.log(`Delta interoperability ${SKIPPED}`);

interface Read {
  readonly version: number;
  readonly rows: SqlRow[];
}

type Request =
  | { do: 'read'; version?: number; order?: string }
  | { do: 'append'; ids: number[]; texts: string[]; partition_by?: string[]; configuration?: object }
  | { do: 'checkpoint' }
  | { do: 'history' };

describe.skipIf(PYTHON_PATH === undefined)('the deltalake package', () => {
  let temporary: TemporaryLake;
  beforeAll(async () => {
    temporary = await temporaryLake();
  });
  afterAll(() => temporary.close());

  /** All requests about one table in one process: Python takes longer to start than to answer. */
  function peer(table: string, ...requests: Request[]): unknown[] {
    const path = join(temporary.root, 'lake', table);
    const answer = execFileSync('python3', [PEER], {
      env: { ...process.env, PYTHONPATH: PYTHON_PATH },
      input: JSON.stringify(requests.map((request) => ({ ...request, path }))),
      encoding: 'utf8',
    });
    return JSON.parse(answer) as unknown[];
  }

  /** What both read at every version of a table. */
  async function everyVersion(table: string): Promise<{ ours: Read[]; theirs: Read[] }> {
    const { version: newest } = await temporary.lake.snapshot(table);
    const versions = Array.from({ length: newest + 1 }, (_, version) => version);
    const theirs = peer(table, ...versions.map((version): Request => ({ do: 'read', version }))) as Read[];
    const ours: Read[] = [];
    for (const version of versions) {
      const rows = await temporary.read(table, version, 'SELECT * FROM it ORDER BY id');
      ours.push({ version, rows });
    }
    return { ours, theirs };
  }

  it('reads every type, NULLs and any script, equal at every version, with columns added on the way', async () => {
    const query = `SELECT i AS id, (i % 128)::TINYINT AS by, i::SMALLINT AS sh, i::INTEGER AS n, i / 3.0::DOUBLE AS d,
      (i / 4)::FLOAT AS f, i % 2 = 0 AS b, DATE '2024-02-28' + i::INTEGER AS da, (i / 8)::DECIMAL(12, 3) AS de,
      TIMESTAMP '2024-02-29 23:59:59.123456' + to_days(i::INTEGER) AS ts,
      CASE WHEN i % 3 = 0 THEN NULL ELSE 'ü日本😀''"' || i END AS s FROM range($n) t(i)`;
    const table = 'interop/types';
    await temporary.write(table, { query, params: { n: 5 }, mode: 'append', key: 'a' });
    const wider = query.replace(' FROM', `, 'later' AS added FROM`);
    await temporary.write(table, { query: wider, params: { n: 3 }, mode: 'overwrite', key: 'b' });
    await temporary.write(table, { query: `SELECT 100::BIGINT AS id`, mode: 'append', key: 'c' });
    const { ours, theirs } = await everyVersion(table);
    expect(ours.map(({ rows }) => rows.length)).toEqual([5, 3, 4]);
    expect(theirs).toEqual(ours);
  });

  it('reads partitions of any value, replaced and NULL ones too', async () => {
    const table = 'interop/partitions';
    const query = `SELECT * FROM (VALUES ('2024-01', 1), ('a b/c%2F', 2), ('ü=日本', 3), (NULL, 4)) t(p, id)`;
    await temporary.write(table, { query, mode: 'append', partitionBy: ['p'], key: 'a' });
    const replacement = `SELECT 'a b/c%2F' AS p, i::INTEGER AS id FROM range(10, 13) t(i)`;
    await temporary.write(table, { query: replacement, mode: { replace: { p: 'a b/c%2F' } }, key: 'b' });
    const { ours, theirs } = await everyVersion(table);
    expect(ours.map(({ rows }) => rows.length)).toEqual([4, 6]);
    expect(theirs).toEqual(ours);
  });

  it('reads a table of sixty commits by its checkpoint, and adds to it what we then read', async () => {
    const table = 'interop/long';
    await temporary.duckdb.session(async (session) => {
      for (let i = 0; i < 60; i++) {
        const mode = i % 10 === 9 ? 'overwrite' : 'append';
        const query = 'SELECT $i::BIGINT AS id, $s AS s';
        await temporary.lake.write(session, table, { query, params: { i, s: `é${i}` }, mode, key: `k${i}` });
      }
    });
    const [at49, newest] = peer(table, { do: 'read', version: 49 }, { do: 'read' }) as Read[];
    expect(at49?.rows).toEqual([{ id: 49, s: 'é49' }]);
    expect(newest).toEqual({ version: 59, rows: [{ id: 59, s: 'é59' }] });
    // With the log before the checkpoint out of the way, only the checkpoint can tell.
    expect(await temporary.store.head(`lake/${table}/_delta_log/_last_checkpoint`)).toBeDefined();
    const early = Array.from(
      { length: 50 },
      (_, i) => `lake/${table}/_delta_log/${String(i).padStart(20, '0')}.json`,
    );
    await temporary.store.delete(early);
    const [at55] = peer(table, { do: 'read', version: 55 }) as Read[];
    expect(at55?.rows).toEqual(await temporary.read(table, 55, 'SELECT * FROM it ORDER BY id'));
    expect(at55?.rows).toHaveLength(7);
    const appended = peer(table, { do: 'append', ids: [7, 8], texts: ['theirs', 'ß'] }, { do: 'checkpoint' });
    expect(appended[0]).toBe(60);
    expect(await temporary.read(table)).toEqual([
      { id: 7, s: 'theirs' },
      { id: 8, s: 'ß' },
      { id: 59, s: 'é59' },
    ]);
    const again = { query: 'SELECT 61::BIGINT AS id', mode: 'append', key: 'k59' } as const;
    expect(await temporary.write(table, again)).toMatchObject({ version: 59, committed: false });
    expect(await temporary.write(table, { ...again, key: 'new' })).toMatchObject({
      version: 61,
      committed: true,
    });
    expect((peer(table, { do: 'read' }) as Read[])[0]?.rows).toHaveLength(4);
  });

  it('writes a partitioned table from the start, which we read, extend and replace in', async () => {
    const table = 'interop/theirs';
    const append = {
      do: 'append',
      ids: [1, 2, 3],
      texts: ['a b', 'ü/x', 'a b'],
      partition_by: ['s'],
    } as const;
    peer(table, { ...append, ids: [...append.ids], texts: [...append.texts], partition_by: ['s'] });
    expect(await temporary.read(table, 0, 'SELECT id, s FROM it ORDER BY id')).toEqual([
      { id: 1, s: 'a b' },
      { id: 2, s: 'ü/x' },
      { id: 3, s: 'a b' },
    ]);
    await temporary.write(table, {
      query: `SELECT 9::BIGINT AS id, 'a b' AS s`,
      mode: { replace: { s: 'a b' } },
      key: 'r',
    });
    const { ours, theirs } = await everyVersion(table);
    expect(ours.map(({ rows }) => rows.length)).toEqual([3, 2]);
    expect(theirs).toEqual(ours);
  });

  it('makes a table with deletion vectors, which we refuse by that name', async () => {
    const table = 'interop/vectors';
    const configuration = { 'delta.enableDeletionVectors': 'true' };
    peer(table, { do: 'append', ids: [1], texts: ['x'], configuration });
    await expect(temporary.lake.snapshot(table)).rejects.toMatchObject({ type: 'UnsupportedTable' });
    await expect(temporary.lake.snapshot(table)).rejects.toThrow('deletionVectors');
  });
});
