/**
 * `assay data check` over a million rows of 50 columns, Parquet and CSV: every column for missing values, a key for
 * repetitions, ranges and accepted values. Each case in a process of its own, for its peak memory; against what
 * reading alone costs DuckDB.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from '../with-folder.mjs';

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
  return withFolder('bench', async (folder) => {
    await alone(['write', folder]);
    const rows = [];
    for (const format of ['parquet', 'csv']) {
      const { seconds, bare, megabytes } = await alone([format, folder]);
      const name = `a million rows, 50 columns, ${contracts.length} contracts, ${format}`;
      rows.push(
        { name, value: seconds, unit: 's', baseline: bare, ratio: seconds / bare },
        { name: `peak memory: ${format}`, value: megabytes, unit: 'MB', target: { max: 1_024 } },
      );
    }
    return rows;
  });
}

function alone(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MODULE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('exit', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${args[0]} ended with code ${code}`));
    });
  });
}

async function openDuckDB(folder) {
  const { createDuckDB } = await import('../../dist/activities/lake/duckdb.js');
  return createDuckDB({ memoryLimit: '512MB', threads: 2, tempDirectory: join(folder, 'temp') });
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
  return {};
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
  return { seconds: taken, bare, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) };
}

async function seconds(work) {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

if (process.argv[1] === MODULE) {
  const [task, folder] = process.argv.slice(2);
  console.log(JSON.stringify(task === 'write' ? await write(folder) : await measure(task, folder)));
}
