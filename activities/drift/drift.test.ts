import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { ColumnBaseline } from '../../workflows/domain/drift/baseline.ts';
import { compareWithBaseline, type DriftReport } from '../../workflows/domain/drift/compare.ts';
import { DEFAULT_DRIFT_POLICY as policy, type DriftPolicy } from '../../workflows/domain/drift/policy.ts';
import type { DuckDB, Session } from '../lake/contract.ts';
import { createDuckDB } from '../lake/duckdb.ts';
import { openTableFile } from '../lake/table-file.ts';
import { countAgainst, freezeBaseline } from './baseline.ts';
import { createCompareFiles } from './compare-files.ts';
import type { CompareFiles, DriftColumn } from './contract.ts';

const REAL = fileURLToPath(new URL('../../../shared/data/diabetic_data.csv.gz', import.meta.url));

let folder: string;
let duckdb: DuckDB;
let compare: CompareFiles;

beforeAll(async () => {
  folder = await temporaryFolder('drift');
  duckdb = createDuckDB({ memoryLimit: '400MB', threads: 2, tempDirectory: join(folder, 'temp') });
  compare = createCompareFiles({ duckdb, openFile: openTableFile });
});

const X: readonly DriftColumn[] = [{ name: 'x', kind: 'numeric' }];

/** @param reference @param current SELECTs of DOUBLE columns */
async function drift(
  columns: readonly DriftColumn[],
  reference: string,
  current: string,
  bounds: Partial<DriftPolicy> = {},
): Promise<DriftReport> {
  return duckdb.session(async (session) => {
    const used = { ...policy, ...bounds };
    await session.run(`CREATE VIEW reference AS ${reference}`);
    await session.run(`CREATE VIEW current AS ${current}`);
    const baseline = await freezeBaseline(session, 'reference', columns, { policy: used });
    // It is kept with a model version, as JSON.
    const kept: typeof baseline = JSON.parse(JSON.stringify(baseline));
    return compareWithBaseline(kept, await countAgainst(session, 'current', kept), used);
  });
}

async function frozen(select: string, bounds: Partial<DriftPolicy> = {}): Promise<ColumnBaseline> {
  return duckdb.session(async (session) => {
    await session.run(`CREATE VIEW it AS ${select}`);
    const baseline = await freezeBaseline(session, 'it', X, { policy: { ...policy, ...bounds } });
    return baseline.columns[0]!;
  });
}

/** 400 numbers that any language can make: (i · 7919 mod 1000) / 10. */
const SPREAD = 'SELECT CAST(range * 7919 % 1000 AS DOUBLE) / 10 AS x FROM range(1, 401)';
const OTHER = 'SELECT CAST(range * 104729 % 997 AS DOUBLE) / 9 AS x FROM range(1, 301)';

describe('freezeBaseline', () => {
  it("finds numpy's deciles, median, mean and deviation", async () => {
    const { bins, counts } = await frozen(SPREAD);
    // numpy 2.4.6: quantile(x, [.1, …, .9]), median(x), mean(x), std(x, ddof=1)
    const deciles = [10.17, 20.14, 30.17, 40.58, 50.55, 60.22, 70.33, 80.06, 89.73];
    expect(bins).toMatchObject({
      binning: 'quantile',
      edges: deciles.map((edge) => expect.closeTo(edge, 9)),
    });
    expect(counts.summary).toMatchObject({
      median: expect.closeTo(50.55, 9),
      mean: expect.closeTo(50.2, 9),
      std: expect.closeTo(28.89693031194895, 9),
    });
  });

  it.each([
    ['many rows', 'SELECT sqrt(range) + sin(range * 7.0) AS x FROM range(200000)'],
    [
      'heavy ties',
      'SELECT CASE WHEN range % 3 = 0 THEN 0.0 ELSE (range * 7919 % 5003) / 7.0 END AS x FROM range(90000)',
    ],
    [
      'infinities at both ends',
      `SELECT CASE range % 50 WHEN 0 THEN CAST('inf' AS DOUBLE) WHEN 1 THEN CAST('-inf' AS DOUBLE)
       ELSE range * 7919 % 10007 / 3.0 END AS x FROM range(60000)`,
    ],
  ])("cuts %s where DuckDB's own quantiles are", async (_, select) => {
    const { bins, counts } = await frozen(select);
    const expected = await duckdb.session((session) =>
      session.rows<{ deciles: number[]; median: number }>(
        `SELECT quantile_cont(x, [.1, .2, .3, .4, .5, .6, .7, .8, .9]) AS deciles, median(x) AS median
         FROM (${select}) WHERE isfinite(x)`,
      ),
    );
    const { deciles = [], median } = expected[0] ?? {};
    const edges = [...new Set(deciles)];
    expect(bins).toMatchObject({ edges: edges.map((edge) => expect.closeTo(edge, 9)) });
    expect(counts.summary?.median).toBeCloseTo(median ?? Number.NaN, 9);
    const rows = await duckdb.session((session) =>
      session.rows<{ n: number }>(`SELECT count(*) AS n FROM (${select})`),
    );
    expect(counts.cells.reduce((sum, count) => sum + count, 0)).toBe(rows[0]?.n);
  });

  it('takes a plain zero for the same as a negative one', async () => {
    const { counts } = await frozen(
      "SELECT CAST(CASE WHEN range % 2 = 0 THEN '-0' ELSE '0' END AS DOUBLE) AS x FROM range(400)",
    );
    expect(counts.cells).toEqual([0, 400, 0]);
  });

  it('gives the same baseline whatever the order of the rows', async () => {
    const select = 'SELECT (range * 7919 % 100003) / 7.0 AS x FROM range(60000)';
    const [one, other] = [await frozen(select), await frozen(`${select} ORDER BY hash(range)`)];
    expect([one.bins, one.counts.cells]).toEqual([other.bins, other.counts.cells]);
  });
});

describe('compareWithBaseline over DuckDB', () => {
  it('measures the distance between distributions as scipy does', async () => {
    const [column] = (await drift(X, SPREAD, OTHER)).columns;
    // scipy 1.17.1: ks_2samp(x, y).statistic, special.kolmogorov(statistic · √(400·300/700))
    expect(column?.ks).toEqual({
      atMost: expect.any(Number),
      statistic: expect.closeTo(0.09666666666666666, 12),
      pValue: expect.closeTo(0.0812089915489017, 9),
    });
    // A cell of 1/200 of the reference and what may stand in it of the other sample.
    expect(column!.ks!.atMost - column!.ks!.statistic).toBeGreaterThan(0);
    expect(column!.ks!.atMost - column!.ks!.statistic).toBeLessThan(0.02);
  });

  it('is not blinded by one wild value', async () => {
    const normal = (shift: number): string =>
      `SELECT sqrt(-2 * ln((range + 0.5) / 5000)) * cos(range * 2.399963) + ${shift} AS x FROM range(5000)`;
    const plain = await drift(X, normal(0), normal(0.5));
    const wild = await drift(X, normal(0), `${normal(0.5)} UNION ALL SELECT 1e6`);
    expect(plain.columns[0]?.psi).toBeGreaterThan(0.2);
    expect(wild.columns[0]?.psi).toBeCloseTo(plain.columns[0]?.psi ?? 0, 3);
  });

  it('keeps NULL and numbers that are none apart from the rest', async () => {
    const holes =
      "SELECT CASE range % 4 WHEN 0 THEN NULL WHEN 1 THEN CAST('inf' AS DOUBLE) ELSE range * 1.0 END AS x FROM range(1000)";
    const [column] = (await drift(X, 'SELECT range * 1.0 AS x FROM range(1000)', holes)).columns;
    expect(column).toMatchObject({
      verdict: 'alarm',
      missing: { reference: 0, current: 0.25 },
      quality: { verdict: 'broken', reasons: [expect.stringContaining('250 infinite values')] },
      summary: { current: { min: 2, max: 999, mean: expect.closeTo(500.5, 9) } },
    });
  });

  it.each([
    ['nothing on either side', 'WHERE false', 'WHERE false', 'insufficient_data', null],
    ['an empty window', '', 'WHERE false', 'insufficient_data', null],
    ['the same again', '', '', 'ok', 0],
  ])('has an answer to %s', async (_, before, now, verdict, psi) => {
    const rows = 'SELECT range * 1.0 AS x FROM range(1000)';
    const report = await drift(X, `${rows} ${before}`, `${rows} ${now}`);
    expect([report.verdict, report.columns[0]?.psi]).toEqual([verdict, psi]);
  });

  it('has an answer to a column that is missing altogether', async () => {
    const none = 'SELECT CAST(NULL AS DOUBLE) AS x FROM range(1000)';
    const some = 'SELECT range * 1.0 AS x FROM range(1000)';
    const both = await drift(X, none, none);
    expect([both.verdict, both.columns[0]?.summary?.current.median]).toEqual(['insufficient_data', null]);
    expect(await drift(X, some, none)).toMatchObject({ verdict: 'alarm', quality: 'broken' });
    expect(await drift(X, none, some)).toMatchObject({ verdict: 'alarm', quality: 'ok' });
  });

  it('sees a rare flag that deciles are blind to', async () => {
    const flag = (every: number): string =>
      `SELECT CASE WHEN range % ${every} = 0 THEN 1.0 ELSE 0.0 END AS x FROM range(12000)`;
    expect((await drift(X, flag(40), flag(8))).columns[0]).toMatchObject({
      binning: 'values',
      verdict: 'warn',
    });
    const byDeciles = await drift(X, flag(40), flag(8), { maxValues: 0 });
    expect(byDeciles.columns[0]).toMatchObject({ binning: 'quantile' });
  });

  describe('of more categories than are told apart', () => {
    const CODES: readonly DriftColumn[] = [{ name: 'x', kind: 'categorical' }];
    const halfOf = (rows: string, half: number): string =>
      `SELECT x FROM (${rows}) WHERE hash(x, n) % 2 = ${half}`;

    it('finds no drift between two halves, though everybody comes back but a few times', async () => {
      const stays = `SELECT 'p' || (range % 40000) AS x, range AS n FROM range(120000)
                     WHERE range // 40000 <= (range % 40000) % 5 OR range < 40000`;
      const report = await drift(CODES, halfOf(stays, 0), halfOf(stays, 1));
      expect(report.columns[0]).toMatchObject({ verdict: 'ok' });
    });

    it('sees that codes have been given anew', async () => {
      // Drawn independently, the first codes far more often than the last.
      const codes = `SELECT 'c' || floor(30000 * power(hash(range) / 1.8446744073709552e19, 2)) AS x, range AS n
                     FROM range(200000)`;
      const renamed = `SELECT 'd' || x AS x FROM (${halfOf(codes, 1)})`;
      expect((await drift(CODES, halfOf(codes, 0), halfOf(codes, 1))).verdict).toBe('ok');
      expect((await drift(CODES, halfOf(codes, 0), renamed)).verdict).toBe('alarm');
    });
  });

  it('reads names and categories literally, whatever stands in them', async () => {
    const name = 'it\'s "x"; DROP VIEW it; --';
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const category = 'a\'b,"c"[]\\';
    const select = `SELECT CASE WHEN range % 2 = 0 THEN '${category.replaceAll("'", "''")}' ELSE 'é' END AS ${quoted} FROM range(600)`;
    const report = await drift([{ name, kind: 'categorical' }], select, select);
    expect(report.columns[0]).toMatchObject({
      name,
      verdict: 'ok',
      bins: expect.arrayContaining([expect.objectContaining({ label: category, current: 0.5 })]),
    });
  });
});

describe('createCompareFiles', () => {
  async function write(name: string, select: string): Promise<string> {
    const file = join(folder, name);
    await duckdb.session((session) => session.run(`COPY (${select}) TO $file`, { file }));
    return file;
  }

  it('finds a CSV and a Parquet file of the same rows the same', async () => {
    const rows =
      "SELECT range * 1.0 AS amount, range % 3 AS code, CASE WHEN range % 5 > 0 THEN 'v' || range % 7 END AS word FROM range(2000)";
    const [csv, parquet] = [await write('same.csv', rows), await write('same.parquet', rows)];
    for (const [reference, current] of [
      [csv, parquet],
      [parquet, csv],
    ] as const) {
      const options = { policy, kinds: { code: 'categorical' } } as const;
      const report = await compare(reference, current, options);
      expect(report).toMatchObject({ verdict: 'ok', quality: 'ok' });
      expect(report.columns.map(({ kind, psi }) => [kind, psi])).toEqual([
        ['numeric', 0],
        ['categorical', 0],
        ['categorical', 0],
      ]);
    }
  });

  it('asks the current file for the kind of what the reference misses, and names what is new', async () => {
    const reference = await write('void.csv', 'SELECT range AS id, NULL AS x FROM range(1000)');
    const current = await write(
      'filled.csv',
      'SELECT range AS id, range * 0.5 AS x, 1 AS extra FROM range(1000)',
    );
    const report = await compare(reference, current, { policy });
    expect(report).toMatchObject({
      columns: [{ verdict: 'ok' }, { kind: 'numeric', verdict: 'alarm' }],
      extraColumns: ['extra'],
    });
  });

  it.skipIf(!existsSync(REAL))(
    'sees the drift between the halves of the real file (needs ../shared/data)',
    async () => {
      await duckdb.session((session) => halves(session, 'encounter_id::BIGINT', 'older', 'newer'));
      const report = await compare(join(folder, 'older.parquet'), join(folder, 'newer.parquet'), { policy });
      const column = (name: string) => report.columns.find((candidate) => candidate.name === name);
      expect(column('payer_code')?.psi).toBeGreaterThan(1.1);
      expect(column('payer_code')?.psi).toBeLessThan(1.4);
      expect(column('payer_code')).toMatchObject({
        verdict: 'alarm',
        missing: { reference: expect.closeTo(0.65, 1) },
      });
      expect(column('number_diagnoses')?.verdict).toBe('alarm');
      expect(column('gender')?.psi).toBeLessThan(0.001);
      expect(column('gender')?.verdict).toBe('ok');
      expect(column('examide')).toMatchObject({ verdict: 'ok', psi: 0 });
      expect(report.quality).toBe('ok');
    },
    60_000,
  );

  it.skipIf(!existsSync(REAL))(
    'finds no drift between random halves of it, at any of 20 seeds (needs ../shared/data)',
    async () => {
      const verdicts = await duckdb.session(async (session) => {
        const columns = await realColumns(session);
        const found = new Set<string>();
        for (let seed = 1; seed <= 20; seed += 1) {
          for (const [view, side] of [
            ['reference', 0],
            ['current', 1],
          ] as const) {
            await session.run(
              `CREATE OR REPLACE TABLE ${view} AS SELECT * FROM everything WHERE hash(encounter_id, ${seed}) % 2 = ${side}`,
            );
          }
          const baseline = await freezeBaseline(session, 'reference', columns, { policy });
          const { columns: judged } = compareWithBaseline(
            baseline,
            await countAgainst(session, 'current', baseline),
            policy,
          );
          for (const { verdict } of judged) found.add(verdict);
        }
        return found;
      });
      expect(verdicts).toEqual(new Set(['ok']));
    },
    // A bound on a hang: twenty baselines of the real file take a minute, and two where others use the machine.
    300_000,
  );

  async function halves(session: Session, order: string, ...names: readonly string[]): Promise<void> {
    await session.run(
      `CREATE TABLE ordered AS SELECT *, row_number() OVER (ORDER BY ${order}) * 2 > count(*) OVER () AS is_newer
       FROM read_csv($file, all_varchar = true, header = true)`,
      { file: REAL },
    );
    for (const [side, name] of names.entries()) {
      await session.run(
        `COPY (SELECT * EXCLUDE (is_newer) FROM ordered WHERE is_newer = ($side = 1)) TO $file`,
        {
          side,
          file: join(folder, `${name}.parquet`),
        },
      );
    }
  }

  /** Makes the view `everything`: numbers where the file has them. */
  async function realColumns(session: Session): Promise<DriftColumn[]> {
    await session.run(
      `CREATE TABLE everything AS SELECT * FROM read_csv($file, header = true, nullstr = ['?', ''], auto_type_candidates = ['DOUBLE', 'VARCHAR'], sample_size = -1)`,
      { file: REAL },
    );
    const described = await session.rows<{ column_name: string; column_type: string }>('DESCRIBE everything');
    return described.map(({ column_name: name, column_type }) => ({
      name,
      kind: column_type === 'DOUBLE' ? 'numeric' : 'categorical',
    }));
  }
});
