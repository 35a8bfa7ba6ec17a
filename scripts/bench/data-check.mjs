/**
 * `assay data check` over a million rows of 50 columns, Parquet and CSV: every column for missing values, a key for
 * repetitions, ranges and accepted values. Each case in a process of its own, for its peak memory; against what
 * reading alone costs DuckDB.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerAlone, openDuckDB, peakMegabytes, withCases } from './alone/alone.mjs';

const ROWS = 1_000_000;
const MODULE = fileURLToPath(import.meta.url);
const numbers = Array.from({ length: 30 }, (_, index) => `number_${index}`);
const texts = Array.from({ length: 19 }, (_, index) => `text_${index}`);
const contracts = [
  { name: 'nothing is missing', check: 'not-null', columns: ['id', ...numbers, ...texts] },
  { name: 'one row for each key', check: 'unique', columns: ['id'] },
  ...numbers.map((column) => ({ name: `${column} is a share`, check: 'range', column, min: 0, max: 1 })),
  ...texts.map((column) => ({
    name: `${column} is known`,
    check: 'accepted-values',
    column,
    values: Array.from({ length: 20 }, (_, value) => `value ${value}`),
  })),
].map((contract) => ({ severity: 'fail', ...contract }));

export function run() {
  return withCases(MODULE, async (alone) => {
    await alone('write');
    const rows = [];
    for (const format of ['parquet', 'csv']) {
      const { seconds, bare, megabytes } = await alone(format);
      const name = `a million rows, 50 columns, ${contracts.length} contracts, ${format}`;
      rows.push(
        { name, value: seconds, unit: 's', baseline: bare, ratio: seconds / bare },
        { name: `peak memory: ${format}`, value: megabytes, unit: 'MB', target: { max: 1_024 } },
      );
    }
    return rows;
  });
}

async function write(folder) {
  const columns = [
    'range AS id',
    ...numbers.map((name) => `random() AS ${name}`),
    ...texts.map((name) => `'value ' || floor(random() * 20)::INT AS ${name}`),
  ];
  const duckdb = await openDuckDB(folder);
  await duckdb.session(async (session) => {
    for (const format of ['parquet', 'csv']) {
      const file = join(folder, `rows.${format}`);
      await session.run(`COPY (SELECT ${columns.join(', ')} FROM range(${ROWS})) TO '${file}'`);
    }
  });
}

async function measure(format, folder) {
  const { createCheckFile } = await import('../../dist/activities/lake/check-file.js');
  const file = join(folder, `rows.${format}`);
  const duckdb = await openDuckDB(folder);
  const bare = await seconds(() =>
    duckdb.session((session) => session.rows(`SELECT count(COLUMNS(*)) FROM read_${format}('${file}')`)),
  );
  const taken = await seconds(async () => {
    const { verdict } = await createCheckFile({ duckdb })(file, { contracts, asOf: Date.now() });
    if (verdict !== 'pass') throw new Error(`good rows were judged ${verdict}`);
  });
  return { seconds: taken, bare, megabytes: peakMegabytes() };
}

async function seconds(work) {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

await answerAlone(MODULE, (name, folder) => (name === 'write' ? write(folder) : measure(name, folder)));
