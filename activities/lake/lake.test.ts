import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TableWrite } from './contract.ts';
import { temporaryLake } from './testing/temporary-lake.ts';
import type { TemporaryLake } from './testing/temporary-lake.ts';

let temporary: TemporaryLake;
let tables = 0;

beforeAll(async () => {
  temporary = await temporaryLake();
});
afterAll(() => temporary.close());

const fresh = (): string => `test/table_${tables++}`;
const numbers = (from: number, to: number): string =>
  `SELECT i AS id, i * 10 AS v FROM range(${from}, ${to}) t(i)`;
const append = (key: string, query: string, more: Partial<TableWrite> = {}): TableWrite => ({
  query,
  mode: 'append',
  key,
  ...more,
});
const ids = async (table: string, version?: number): Promise<unknown[]> =>
  (await temporary.read(table, version)).map((row) => row['id']);

describe('writing', () => {
  it('appends, overwrites and reads every version back', async () => {
    const { lake } = temporary;
    const table = fresh();
    expect(await lake.exists(table)).toBe(false);
    expect(await temporary.write(table, append('a', numbers(0, 3)))).toMatchObject({
      version: 0,
      rows: 3,
      committed: true,
    });
    await temporary.write(table, append('b', numbers(3, 5)));
    await temporary.write(table, { ...append('c', numbers(7, 8)), mode: 'overwrite' });
    expect(await lake.exists(table)).toBe(true);
    expect(await ids(table, 0)).toEqual([0, 1, 2]);
    expect(await ids(table, 1)).toEqual([0, 1, 2, 3, 4]);
    expect(await ids(table)).toEqual([7]);
    expect(await lake.snapshot(table)).toMatchObject({ version: 2, rows: 1, partitionBy: [] });
  });

  it('keeps every supported type and value as it was', async () => {
    const table = fresh();
    const query = `
      -- a comment, and a semicolon at the end
      SELECT 1::BIGINT AS l, 2::INTEGER AS i, 3::SMALLINT AS sh, 4::TINYINT AS by, 0.1::DOUBLE AS d, 1.5::FLOAT AS f,
        true AS b, DATE '2024-02-29' AS da, TIMESTAMP '2024-02-29 12:00:00.123456' AS ts, 'naïve 日本 😀' AS s,
        12.34::DECIMAL(10, 2) AS de, 'x''y' AS "odd ""name""", NULL::VARCHAR AS nothing;`;
    await temporary.write(table, append('a', query));
    const [row] = await temporary.read(table);
    expect(row).toEqual({
      l: 1,
      i: 2,
      sh: 3,
      by: 4,
      d: 0.1,
      f: 1.5,
      b: true,
      da: '2024-02-29',
      ts: '2024-02-29T12:00:00.123456Z',
      s: 'naïve 日本 😀',
      de: 12.34,
      'odd "name"': "x'y",
      nothing: null,
    });
    const { columns } = await temporary.lake.snapshot(table);
    expect(columns.map(({ type }) => type).join(' ')).toBe(
      'long integer short byte double float boolean date timestamp string decimal(10,2) string string',
    );
  });

  it('binds the parameters of the query', async () => {
    const table = fresh();
    const query = 'SELECT i AS id, $text AS s FROM range($n) t(i)';
    await temporary.write(table, append('a', query, { params: { n: 2, text: `'; DROP` } }));
    expect(await temporary.read(table)).toEqual([
      { id: 0, s: `'; DROP` },
      { id: 1, s: `'; DROP` },
    ]);
  });

  it.each([
    `WITH one AS (SELECT 1 AS id) SELECT * FROM one`,
    `FROM (VALUES (1)) t(id)`,
    `SELECT 1 AS id ORDER BY id LIMIT 1 -- the last line is a comment`,
  ])('takes the query %j', async (query) => {
    const table = fresh();
    await temporary.write(table, append('a', query));
    expect(await temporary.read(table)).toEqual([{ id: 1 }]);
  });

  it('commits an empty result as an empty table with its columns', async () => {
    const table = fresh();
    expect(await temporary.write(table, append('a', numbers(0, 0)))).toMatchObject({ version: 0, rows: 0 });
    expect(await temporary.read(table)).toEqual([]);
    expect((await temporary.lake.snapshot(table)).columns.map(({ name }) => name)).toEqual(['id', 'v']);
  });

  it('records statistics that readers can prune with', async () => {
    const table = fresh();
    const query = `SELECT * FROM (VALUES (1, 'b', 'nan'::DOUBLE), (5, NULL, 2.0)) t(id, s, x)`;
    await temporary.write(table, append('a', query));
    expect((await temporary.lake.snapshot(table)).files).toMatchObject([
      { rows: 2, min: { id: 1, s: 'b' }, max: { id: 5, s: 'b' }, nullCount: { id: 0, s: 1, x: 0 } },
    ]);
    const [file] = (await temporary.lake.snapshot(table)).files;
    expect(file?.max).not.toHaveProperty('x');
  });

  it('writes byte-identical files on every try when the order is unique', async () => {
    const files: Buffer[] = [];
    const query = `SELECT hash(i)::VARCHAR AS s, i AS id, i % 3 AS p FROM range(100_000) t(i)`;
    for (const partitionBy of [[], [], ['p'], ['p']]) {
      const table = fresh();
      await temporary.write(table, append('a', query, { orderBy: ['id'], partitionBy }));
      const [file] = (await temporary.lake.snapshot(table)).files;
      files.push(await readFile(join(temporary.root, 'lake', table, file?.path ?? '')));
    }
    expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true);
    expect(files[2]?.equals(files[3] ?? Buffer.alloc(0))).toBe(true);
  });
});

describe('partitions', () => {
  const months = (value: string): string =>
    `SELECT * FROM (VALUES ('2024-01', 1, '${value}'), ('2024-02', 2, '${value}')) t(month, id, v)`;

  it('replaces one partition in one commit and leaves the others', async () => {
    const table = fresh();
    await temporary.write(table, append('a', months('old'), { partitionBy: ['month'] }));
    const query = `SELECT '2024-02' AS month, i AS id, 'new' AS v FROM range(7, 9) t(i)`;
    const written = await temporary.write(table, {
      query: query.replace('i AS id', 'i::INTEGER AS id'),
      mode: { replace: { month: '2024-02' } },
      key: 'b',
    });
    expect(written).toMatchObject({ version: 1, rows: 2 });
    expect(await temporary.read(table, 1, 'SELECT month, id, v FROM it ORDER BY id')).toEqual([
      { month: '2024-01', id: 1, v: 'old' },
      { month: '2024-02', id: 7, v: 'new' },
      { month: '2024-02', id: 8, v: 'new' },
    ]);
    expect((await temporary.read(table, 0)).map(({ v }) => v)).toEqual(['old', 'old']);
  });

  it('refuses a row of another partition and commits nothing', async () => {
    const table = fresh();
    await temporary.write(table, append('a', months('old'), { partitionBy: ['month'] }));
    const stray = temporary.write(table, {
      query: months('x'),
      mode: { replace: { month: '2024-02' } },
      key: 'b',
    });
    await expect(stray).rejects.toMatchObject({ type: 'PartitionMismatch' });
    expect((await temporary.lake.snapshot(table)).version).toBe(0);
  });

  it('creates the table with the first replaced partition, and empties one by an empty query', async () => {
    const table = fresh();
    const query = `SELECT '2024-01' AS month, i AS id FROM range($n) t(i)`;
    const replace = { replace: { month: '2024-01' } };
    await temporary.write(table, {
      query,
      params: { n: 2 },
      mode: replace,
      partitionBy: ['month'],
      key: 'a',
    });
    expect(await temporary.read(table)).toHaveLength(2);
    await temporary.write(table, { query, params: { n: 0 }, mode: replace, key: 'b' });
    expect(await temporary.read(table)).toEqual([]);
  });

  it('takes any partition value, NULL and awkward texts among them', async () => {
    const table = fresh();
    const values = [`'a b/c%2F'`, `'ü=日本'`, `'it''s'`, 'NULL'];
    const query = `SELECT * FROM (VALUES ${values.map((value, i) => `(${value}, ${i})`).join(', ')}) t(p, id)`;
    await temporary.write(table, append('a', query, { partitionBy: ['p'] }));
    expect(await temporary.read(table, 0, 'SELECT p, id FROM it ORDER BY id')).toEqual([
      { p: 'a b/c%2F', id: 0 },
      { p: 'ü=日本', id: 1 },
      { p: `it's`, id: 2 },
      { p: null, id: 3 },
    ]);
    const empty = temporary.write(table, append('b', `SELECT '' AS p, 1 AS id`));
    await expect(empty).rejects.toMatchObject({ type: 'PartitionMismatch' });
  });

  it('stages only the partitions that are asked for, typed as the schema says', async () => {
    const table = fresh();
    const query = `SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS id FROM range(5) t(i)`;
    await temporary.write(table, append('a', query, { partitionBy: ['day'] }));
    const rows = await temporary.duckdb.session(async (session) => {
      const where = { day: ['2024-01-02', '2024-01-04', '1999-01-01'] };
      await temporary.lake.attach(session, 'two', { table, version: 0 }, { where });
      await temporary.lake.attach(session, 'none', { table, version: 0 }, { where: { day: [] } });
      return session.rows(
        `SELECT id, typeof(day) AS type, (SELECT count(*) FROM none) AS none FROM two ORDER BY id`,
      );
    });
    expect(rows).toEqual([
      { id: 1, type: 'DATE', none: 0 },
      { id: 3, type: 'DATE', none: 0 },
    ]);
  });

  it.each<[string, Partial<TableWrite>]>([
    ['another partitioning', { partitionBy: ['id'] }],
    ['a partition that is no partition column', { mode: { replace: { id: '1' } } }],
    ['a query without the partition column', { query: 'SELECT 1 AS id' }],
  ])('refuses %s', async (_, more) => {
    const table = fresh();
    await temporary.write(table, append('a', months('old'), { partitionBy: ['month'] }));
    const refused = temporary.write(table, append('b', months('new'), more));
    await expect(refused).rejects.toMatchObject({ type: 'PartitionMismatch' });
  });
});

describe('evolution', () => {
  it('adds a column and reads it as NULL where it was missing', async () => {
    const table = fresh();
    await temporary.write(table, append('a', 'SELECT 1 AS id'));
    await temporary.write(table, append('b', `SELECT 2 AS id, 'x' AS added`));
    await temporary.write(table, append('c', 'SELECT NULL::VARCHAR AS added, 3 AS id'));
    expect(await temporary.read(table)).toEqual([
      { id: 1, added: null },
      { id: 2, added: 'x' },
      { id: 3, added: null },
    ]);
    expect(await temporary.read(table, 0)).toEqual([{ id: 1 }]);
  });

  it.each([
    [`SELECT '1' AS id`, 'id'],
    ['SELECT 1 AS id, 2::BIGINT AS n', 'n'],
    ['SELECT 1 AS ID', 'ID'],
  ])('refuses %j, naming the column %s', async (query, column) => {
    const table = fresh();
    await temporary.write(table, append('a', 'SELECT 1 AS id, 2 AS n'));
    const changed = temporary.write(table, append('b', query));
    await expect(changed).rejects.toMatchObject({ type: 'SchemaMismatch', details: [{ column }] });
    await expect(changed).rejects.toThrow(column);
    expect((await temporary.lake.snapshot(table)).version).toBe(0);
  });

  it('refuses types that tables have no equal for, saying what to cast to', async () => {
    const sum = temporary.write(fresh(), append('a', 'SELECT sum(i) AS total FROM range(3) t(i)'));
    await expect(sum).rejects.toMatchObject({ type: 'UnsupportedType' });
    await expect(sum).rejects.toThrow('Cast it, for example to BIGINT');
  });
});

describe('reading', () => {
  it('names the table, the version or the column that is not there', async () => {
    const { lake } = temporary;
    const table = fresh();
    await expect(lake.snapshot(table)).rejects.toMatchObject({ type: 'TableNotFound' });
    await temporary.write(table, append('a', numbers(0, 1)));
    await expect(temporary.read(table, 7)).rejects.toMatchObject({
      type: 'VersionNotFound',
      details: [{ newest: 0 }],
    });
    await expect(lake.snapshot('../up')).rejects.toMatchObject({ type: 'InvalidTableName' });
    const where = temporary.duckdb.session((session) =>
      lake.attach(session, 'v', { table, version: 0 }, { where: { id: ['1'] } }),
    );
    await expect(where).rejects.toMatchObject({ type: 'PartitionMismatch' });
  });

  it('tells the history of a table with rows and files added and removed', async () => {
    const table = fresh();
    await temporary.write(table, append('run/1/bronze', numbers(0, 3)));
    await temporary.write(table, { ...append('run/2/bronze', numbers(0, 1)), mode: 'overwrite' });
    expect(await temporary.lake.history(table)).toMatchObject([
      { version: 0, operation: 'append', key: 'run/1/bronze', rows: { added: 3, removed: 0 } },
      { version: 1, operation: 'overwrite', rows: { added: 1, removed: 3 }, files: { added: 1, removed: 1 } },
    ]);
  });

  it('lists every table with its size, and nothing that was never committed', async () => {
    const own = await temporaryLake();
    for (const table of ['gold/b', 'bronze/a', 'gold/a']) await own.write(table, append('k', numbers(0, 2)));
    await own.store.put('lake/gold/half/part-0.parquet', 'x');
    const listed = await own.lake.list();
    expect(listed.map(({ name }) => name)).toEqual(['bronze/a', 'gold/a', 'gold/b']);
    expect(listed[0]).toMatchObject({ uri: `${own.store.uri}/lake/bronze/a`, version: 0, rows: 2 });
    await own.close();
  });
});
