import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryLake } from '../../activities/lake/testing/temporary-lake.ts';
import type { TemporaryLake } from '../../activities/lake/testing/temporary-lake.ts';
import { registerTables } from './tables.ts';
import { typed, type Said } from './testing/typed.ts';

let temporary: TemporaryLake;

beforeAll(async () => {
  temporary = await temporaryLake();
  const query = `SELECT i AS id, CASE WHEN i = 0 THEN NULL ELSE 'row ' || i END AS s, 9007199254740993::BIGINT AS big FROM range($n) t(i) ORDER BY i`;
  await temporary.write('gold/features', { query, params: { n: 2 }, mode: 'append', key: 'run/1/gold' });
  await temporary.write('gold/features', { query, params: { n: 1 }, mode: 'overwrite', key: 'run/2/gold' });
  await temporary.write('bronze/raw', { query, params: { n: 3 }, mode: 'append', key: 'run/1/bronze' });
});
afterAll(() => temporary.close());

const assay = (...args: string[]): Promise<Said> =>
  typed(registerTables, { lake: temporary.lake, duckdb: temporary.duckdb }, ['tables', ...args]);

async function json(...args: string[]): Promise<unknown> {
  return JSON.parse((await assay(...args, '--json')).stdout) as unknown;
}

describe('assay tables', () => {
  it('lists every table with its address, version, rows and bytes', async () => {
    const uri = (name: string): string => `${temporary.store.uri}/lake/${name}`;
    expect(await json('list')).toEqual([
      { name: 'bronze/raw', uri: uri('bronze/raw'), version: 0, rows: 3, bytes: expect.any(Number) },
      { name: 'gold/features', uri: uri('gold/features'), version: 1, rows: 1, bytes: expect.any(Number) },
    ]);
    expect((await assay('list')).stdout).toMatch(
      /^TABLE .*\nbronze\/raw +0 +3 +\d+\ngold\/features +1 +1 +\d+\n$/,
    );
  });

  it('shows columns and size at a version', async () => {
    expect(await json('show', 'gold/features', '--version', '0')).toMatchObject({
      table: 'gold/features',
      version: 0,
      rows: 2,
      columns: [{ name: 'id', type: 'long' }, { name: 's' }, { name: 'big' }],
    });
    expect((await assay('show', 'gold/features')).stdout).toContain('1 rows in 1 files');
  });

  it('tells which run wrote which version', async () => {
    expect(await json('history', 'gold/features')).toMatchObject([
      { version: 0, key: 'run/1/gold', rows: { added: 2, removed: 0 } },
      { version: 1, key: 'run/2/gold', rows: { added: 1, removed: 2 } },
    ]);
  });

  it('previews rows at a version, integers beyond JSON as text', async () => {
    const rows = await json('preview', 'gold/features', '--version', '0', '--limit', '5');
    expect(rows).toContainEqual({ id: 0, s: null, big: '9007199254740993' });
    expect(rows).toHaveLength(2);
    expect((await assay('preview', 'gold/features')).stdout).toMatch(/NULL/);
    expect(await json('preview', 'bronze/raw', '--limit', '1')).toHaveLength(1);
  });

  it('vacuums all tables, or says what it would delete', async () => {
    temporary.clock.now += 3_600_000;
    const would = await json('vacuum', '--retain-hours', '0', '--dry-run');
    expect(would).toMatchObject([
      { table: 'bronze/raw', dryRun: true, deleted: [] },
      { table: 'gold/features', dryRun: true, deleted: [expect.stringMatching(/^part-.*parquet$/)] },
    ]);
    expect(await json('vacuum', 'gold/features', '--retain-hours', '0')).toMatchObject([{ dryRun: false }]);
    expect(await assay('preview', 'gold/features', '--version', '0')).toMatchObject({ code: 2 });
    expect(await assay('preview', 'gold/features')).toMatchObject({ code: 0 });
  });

  it.each([
    [['show', 'gold/featuers'], 'no table is named gold/featuers; known are bronze/raw, gold/features'],
    [['preview', 'gold/features', '--version', '9'], 'has no version 9; its newest is 1'],
    [['preview', 'gold/features', '--version', '-1'], 'A whole number from 0'],
    [['vacuum', 'nothing'], 'no table is named nothing'],
    [['vacuum', '--retain-hours', '-5'], 'A number of hours from 0'],
  ])('answers %j with code 2 and what is there', async (args, message) => {
    const { code, stdout, stderr } = await assay(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
