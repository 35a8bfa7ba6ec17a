/**
 * Drift: `assay drift compare` of two Parquet files with 45 columns (30 numeric, 15 categorical) of 100
 * thousand, 1 and 5 million rows, and of CSV files, against DuckDB's bare scan that only counts values.
 */
import { join } from 'node:path';
import { createCompareFiles } from '../../dist/activities/drift/compare-files.js';
import { createDuckDB } from '../../dist/activities/lake/duckdb.js';
import { openTableFile } from '../../dist/activities/lake/table-file.js';
import { DEFAULT_DRIFT_POLICY as policy } from '../../dist/workflows/domain/drift/policy.js';
import { withFolder } from '../with-folder.mjs';

const SIZES = [100_000, 1_000_000, 5_000_000];
const CSV_ROWS = 1_000_000;

/** A third of the numbers are continuous, a third counts, a third flags; categories from 3 to 800. */
const columns = [
  ...Array.from({ length: 10 }, (_, index) => `hash(range, ${index}, $seed) / 1e19 AS continuous_${index}`),
  ...Array.from(
    { length: 10 },
    (_, index) => `sqrt(hash(range, ${index + 10}, $seed) % ${400 * (index + 1)})::INT AS count_${index}`,
  ),
  ...Array.from(
    { length: 10 },
    (_, index) => `(hash(range, ${index + 20}, $seed) % ${3 * index + 3} = 0)::INT AS flag_${index}`,
  ),
  ...Array.from({ length: 15 }, (_, index) => {
    const value = `hash(range, ${index + 30}, $seed)`;
    return `CASE WHEN ${value} % 10 > 0 THEN 'c' || sqrt(${value} % ${9 + 3_000 * index * index})::INT END AS category_${index}`;
  }),
];

export function run() {
  return withFolder('bench', async (folder) => {
    const duckdb = createDuckDB({ memoryLimit: '512MB', threads: 2, tempDirectory: join(folder, 'temp') });
    const results = [];
    for (const rows of SIZES) results.push(...(await measure({ folder, duckdb, rows, format: 'parquet' })));
    results.push(...(await measure({ folder, duckdb, rows: CSV_ROWS, format: 'csv' })));
    return results;
  });
}

async function measure({ folder, duckdb, rows, format }) {
  const files = [1, 2].map((seed) => ({ seed, file: join(folder, `${seed}.${format}`) }));
  for (const { seed, file } of files) {
    const select = `SELECT ${columns.join(', ')} FROM range(${rows})`.replaceAll('$seed', seed);
    await duckdb.session((session) => session.run(`COPY (${select}) TO $file`, { file }));
  }
  const [reference, current] = files.map(({ file }) => file);
  const bare = await seconds(() => scan(duckdb, [reference, current], format));
  const value = await seconds(async () => {
    const { verdict } = await createCompareFiles({ duckdb, openFile: openTableFile })(reference, current, {
      policy,
    });
    if (verdict !== 'ok') throw new Error(`the same distribution was judged ${verdict}`);
  });
  const what = `${rows.toLocaleString('en')} rows against as many, ${columns.length} columns, ${format}`;
  return [
    { name: what, value, unit: 's', baseline: bare, ratio: value / bare },
    {
      name: `peak memory up to there`,
      value: Math.round(process.resourceUsage().maxRSS / 1024),
      unit: 'MB',
      target: { max: 1000 },
    },
  ];
}

/** What reading alone costs: one count for each column of either file. */
async function scan(duckdb, files, format) {
  for (const file of files) {
    await duckdb.session((session) =>
      session.rows(`SELECT count(COLUMNS(*)) FROM read_${format}($file)`, { file }),
    );
  }
}

async function seconds(work) {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}
