import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { runAttempt } from '../attempt.ts';
import type { Attempt } from '../attempt.ts';
import type { DuckDB } from './contract.ts';
import { createDuckDB } from './duckdb.ts';

let folder = '';
let duckdb: DuckDB;

beforeAll(async () => {
  folder = await temporaryFolder('duckdb');
  duckdb = createDuckDB({ memoryLimit: '300MB', threads: 2, tempDirectory: join(folder, 'temp') });
});

function cancellable(controller: AbortController): Attempt {
  const nothing = (): void => undefined;
  return {
    signal: controller.signal,
    log: nothing,
    progress: nothing,
    measure: () => undefined,
    resumeFrom: undefined,
  };
}

describe('a session', () => {
  it('binds parameters by name, each type exactly', async () => {
    const params = {
      text: "it's",
      small: 7,
      large: 5_000_000_000,
      big: 2n ** 62n,
      real: 0.1,
      zero: -0,
      truth: true,
      none: null,
    };
    const names = Object.keys(params).map((name) => `$${name} AS ${name}`);
    const sql = `SELECT ${names.join(', ')}, typeof($large) AS l, typeof($big) AS b`;
    const rows = await duckdb.session((session) => session.rows(sql, params));
    expect(rows).toEqual([{ ...params, l: 'BIGINT', b: 'BIGINT' }]);
  });

  it('returns dates, timestamps, decimals and nested values as plain ones', async () => {
    const rows = await duckdb.session((session) =>
      session.rows(`SELECT DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29 12:00:00.000001' AS t,
        TIMESTAMPTZ '1969-12-31 23:59:59.5+00' AS z, 1.25::DECIMAL(9,2) AS n, [1, 2]::BIGINT[] AS l,
        {'a': DATE '2020-01-01'} AS s, MAP {'k': 'v'} AS m, 9007199254740993::BIGINT AS big`),
    );
    expect(rows).toEqual([
      {
        d: '2024-02-29',
        t: '2024-02-29T12:00:00.000001Z',
        z: '1969-12-31T23:59:59.500000Z',
        n: 1.25,
        l: [1, 2],
        s: { a: '2020-01-01' },
        m: { k: 'v' },
        big: 9007199254740993n,
      },
    ]);
  });

  it('streams chunks column by column while other statements run', async () => {
    await duckdb.session(async (session) => {
      await session.run('CREATE TABLE doubled (i BIGINT, x DOUBLE, s VARCHAR)');
      let rows = 0;
      for await (const [i = [], x = []] of session.chunks(
        'SELECT i, i * 2.0::DOUBLE FROM range($n) t(i) ORDER BY i',
        { n: 5_000 },
      )) {
        expect(i.length).toBeLessThanOrEqual(2_048);
        rows += i.length;
        await session.append('doubled', [i, x, i.map((value) => (value === 3 ? null : `ü${String(value)}`))]);
      }
      expect(rows).toBe(5_000);
      const sql = `SELECT count(*) AS n, sum(x) AS total, count(s) AS texts, max(s) AS last FROM doubled`;
      expect(await session.rows(sql)).toEqual([{ n: 5_000, total: 24_995_000, texts: 4_999, last: 'ü999' }]);
    });
  });

  it('removes its scratch folder when the body succeeds and when it throws', async () => {
    const seen: string[] = [];
    const body = async (fail: boolean): Promise<void> =>
      duckdb.session(async (session) => {
        seen.push(session.scratch);
        await writeFile(join(session.scratch, 'file'), 'x');
        await session.run(fail ? 'SELECT * FROM nowhere' : 'SELECT 1');
      });
    await body(false);
    await expect(body(true)).rejects.toThrow('nowhere');
    expect(seen.map((path) => existsSync(path))).toEqual([false, false]);
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  it('spills what does not fit into its memory', async () => {
    const sql =
      'SELECT count(*) AS n FROM (SELECT i, hash(i) AS h FROM range(6_000_000) t(i) ORDER BY h LIMIT 5_000_000 OFFSET 1)';
    const small = createDuckDB({ memoryLimit: '60MB', threads: 2, tempDirectory: join(folder, 'small') });
    expect(await small.session((session) => session.rows(sql))).toEqual([{ n: 5_000_000 }]);
  });

  it('is interrupted when the attempt is cancelled, with the reason of the cancellation', async () => {
    const controller = new AbortController();
    const endless = 'SELECT count(*) FROM range(1_000_000_000_000) t(i) WHERE hash(i) % 7 = 3';
    const running = runAttempt(cancellable(controller), () =>
      duckdb.session((session) => session.run(endless)),
    );
    setTimeout(() => controller.abort(new Error('the run was cancelled')), 50);
    await expect(running).rejects.toThrow('the run was cancelled');
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  it('leaves the event loop free while a query runs', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await duckdb.session((session) =>
      session.run('SELECT count(*) FROM range(60_000_000) t(i) WHERE hash(i) % 7 = 3'),
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('refuses what would need an extension instead of downloading it', async () => {
    const stray = duckdb.session((session) => session.rows(`SELECT * FROM read_parquet('s3://bucket/x')`));
    await expect(stray).rejects.toThrow(/httpfs/);
  });
});
