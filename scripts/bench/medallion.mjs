/**
 * The medallion's price: CSV to gold on the public file once, 10 and 50 times over, against a bare DuckDB
 * script that takes the same steps (text to Parquet, typed and deduplicated, features, labels and excluded
 * rows), each in a process of its own. Needs ../shared/data; without it there is nothing to report.
 */
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { withFolder } from '../with-folder.mjs';

const SOURCE = new URL('../../../shared/data/diabetic_data.csv.gz', import.meta.url);
const TIMES = [1, 10, 50];
const THREADS = 2;
const INTERVAL = { start: '2025-04-01T00:00:00Z', end: '2025-05-01T00:00:00Z' };
/** Keys of a copy are shifted by this, which is above every key of the file. */
const SHIFT = 1_000_000_000;

export async function run() {
  if (!existsSync(SOURCE)) {
    console.error('medallion: left out, for ../shared/data/diabetic_data.csv.gz is absent');
    return [];
  }
  const rows = [];
  for (const times of TIMES) rows.push(...(await compare(times)));
  return rows;
}

function compare(times) {
  return withFolder('bench', async (folder) => {
    const landing = join(folder, 'store', 'landing', 'readmission-uci', '2025-04');
    await mkdir(landing, { recursive: true });
    const csv = join(landing, 'encounters.csv');
    await repeatFile(csv, times);
    const bare = [];
    const own = [];
    for (let round = 0; round < (times > 10 ? 1 : 3); round++) {
      bare.push(await child('bare', folder, csv));
      own.push(await child('own', folder, csv));
    }
    return figures(times, fastest(own), fastest(bare));
  });
}

function figures(times, own, bare) {
  if (own.rows !== bare.rows) throw new Error(`${own.rows} rows of features against ${bare.rows}`);
  const name = `CSV to gold, ${times} times the file`;
  return [
    {
      name,
      unit: 's',
      value: own.seconds,
      baseline: bare.seconds,
      ratio: own.seconds / bare.seconds,
      target: { max: 1.1 },
    },
    { name: `${name}: contracts`, unit: 's', value: own.checks },
    {
      name: `${name}: peak memory`,
      unit: 'MB',
      value: own.megabytes,
      baseline: bare.megabytes,
      target: { max: 1000 },
    },
  ];
}

function fastest(results) {
  return results.reduce((best, result) => (result.seconds < best.seconds ? result : best));
}

async function repeatFile(target, times) {
  const lines = async function* () {
    for (let copy = 0; copy < times; copy++) {
      const input = createReadStream(SOURCE).pipe(createGunzip());
      let first = true;
      for await (const line of createInterface({ input })) {
        if (!first) yield shifted(line, copy);
        else if (copy === 0) yield `${line}\n`;
        first = false;
      }
    }
  };
  await pipeline(lines, createWriteStream(target));
}

function shifted(line, copy) {
  const end = line.indexOf(',');
  return `${Number(line.slice(0, end)) + copy * SHIFT}${line.slice(end)}\n`;
}

function child(role, folder, csv) {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [fileURLToPath(import.meta.url), role, folder, csv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    started.stdout.on('data', (chunk) => (output += chunk));
    started.on('exit', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`the ${role} side of the benchmark ended with code ${code}`));
    });
  });
}

async function own(folder) {
  const { createLakeActivities } = await import('../../dist/activities/lake/activities.js');
  const { createDuckDB } = await import('../../dist/activities/lake/duckdb.js');
  const { createLake } = await import('../../dist/activities/lake/lake.js');
  const { createLocalStore } = await import('../../dist/activities/store/local-store.js');
  const { projects } = await import('../../dist/pipelines/projects.js');
  const store = createLocalStore(join(folder, 'store'));
  await rm(join(folder, 'store', 'lake'), { recursive: true, force: true });
  const duckdb = createDuckDB({
    memoryLimit: '500MB',
    threads: THREADS,
    tempDirectory: join(folder, 'temp'),
  });
  const lake = createLake({ store, duckdb });
  const activities = createLakeActivities({ store, lake, duckdb, spec: (name) => projects[name] });
  const input = { project: 'readmission-uci', interval: INTERVAL };
  const began = performance.now();
  const { files } = await activities.land(input);
  const { bronze, rejects } = await activities.ingest({ ...input, files, key: 'bench/1/bronze' });
  const silver = await activities.refine({
    ...input,
    layer: 'silver',
    tables: { bronze },
    key: 'bench/1/silver',
  });
  const gold = await activities.refine({
    ...input,
    layer: 'gold',
    tables: silver.tables,
    key: 'bench/1/gold',
  });
  const seconds = (performance.now() - began) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const checking = performance.now();
  await activities.check({ ...input, layer: 'bronze', tables: { bronze, rejects } });
  await activities.check({ ...input, layer: 'silver', tables: silver.tables });
  await activities.check({ ...input, layer: 'gold', tables: gold.tables });
  const checks = (performance.now() - checking) / 1000;
  return { seconds, megabytes, rows: gold.rows.out, checks };
}

/** What one would write by hand, with the project's own expressions. */
async function bare(folder, csv) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const { projects } = await import('../../dist/pipelines/projects.js');
  const { transforms } = projects['readmission-uci'];
  const out = join(folder, 'bare');
  await mkdir(out, { recursive: true });
  const file = (name) => `'${join(out, `${name}.parquet`)}'`;
  const began = performance.now();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '1GB',
    threads: String(THREADS),
    temp_directory: join(folder, 'bare-temp'),
  });
  const connection = await instance.connect();
  const create = (name, sql) => connection.run(`CREATE OR REPLACE VIEW ${name} AS ${sql}`);
  const copy = (name) => connection.run(`COPY (SELECT * FROM ${name}) TO ${file(name)} (FORMAT parquet)`);
  await create(
    'run',
    `SELECT TIMESTAMP '2025-05-01' AS interval_end, 30 AS horizon_days, 0 AS look_back_months`,
  );
  await connection.run(
    `COPY (SELECT *, DATE '2025-04-01' AS _month, 'encounters.csv' AS _source_file, 'digest' AS _source_digest,
       1 AS _delivery, row_number() OVER () AS _occurrence, '2025-04-01T00:00:00Z' AS _interval, 'bench' AS _run
     FROM read_csv('${csv}', all_varchar = true, header = true)) TO ${file('bronze')} (FORMAT parquet)`,
  );
  await create('bronze', `SELECT * FROM read_parquet(${file('bronze')})`);
  for (const { name, sql } of transforms.silver.filter(({ name }) =>
    ['codes', 'typed', 'quarantine'].includes(name),
  )) {
    await create(name, sql);
  }
  await create(
    'silver',
    // A window over all columns runs out of memory from 10 times on; this is the usual way round it.
    `SELECT * EXCLUDE (_reasons) FROM typed
     SEMI JOIN (SELECT TRY_CAST(encounter_id AS BIGINT) AS encounter_id, max(_occurrence) AS _occurrence FROM bronze GROUP BY ALL)
       USING (encounter_id, _occurrence)
     WHERE _reasons = ''`,
  );
  await copy('silver');
  await copy('quarantine');
  await create('silver', `SELECT * FROM read_parquet(${file('silver')})`);
  for (const { name, sql } of transforms.gold) await create(name, sql);
  for (const name of ['features', 'labels', 'excluded']) await copy(name);
  const seconds = (performance.now() - began) / 1000;
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${file('features')}`);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  return { seconds, megabytes, rows: Number(counted.getRows()[0][0]) };
}

const [, script, role, folder, csv] = process.argv;
if (script === fileURLToPath(import.meta.url) && role) {
  const result = await (role === 'own' ? own(folder) : bare(folder, csv));
  process.stdout.write(JSON.stringify(result));
}
