/**
 * `assay evaluate` over a million rows: two models, rows of one patient together, two slices; then seven
 * classes. Each case in a process of its own, for its peak memory; against what its arrays cost to read.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerAlone, openDuckDB, peakMegabytes, withCases } from './alone/alone.mjs';

const ROWS = 1_000_000;
const PATIENTS = 700_000;
const CLASSES = 7;
const MODULE = fileURLToPath(import.meta.url);

const names = Array.from({ length: CLASSES }, (_, index) => `p_${index}`);
const binary = { label: 'y', scores: ['new'], slices: [], threshold: 0.5 };
const compared = { ...binary, champion: 'old', group: 'patient', slices: ['side', 'age'] };
const classes = { label: 'class', scores: names, slices: [], threshold: 0.5 };
const CASES = {
  'one model, CSV': { file: 'scores.csv', ...binary },
  'two models, patients, slices, CSV': { file: 'scores.csv', ...compared },
  'two models, patients, slices, Parquet': { file: 'scores.parquet', ...compared },
  'seven classes, Parquet': { file: 'classes.parquet', ...classes },
};

export function run() {
  return withCases(MODULE, async (alone) => {
    await alone('write');
    const rows = [];
    for (const name of Object.keys(CASES)) {
      const { seconds, megabytes } = await alone(name);
      rows.push(
        { name: `a million rows: ${name}`, value: seconds, unit: 's', target: { max: 20 } },
        { name: `peak memory: ${name}`, value: megabytes, unit: 'MB', target: { max: 1_024 } },
      );
    }
    return rows;
  });
}

async function write(folder) {
  const duckdb = await openDuckDB(folder);
  await duckdb.session(async (session) => {
    await session.run(`CREATE TABLE scores AS
      SELECT
        CAST(random() < new AS INTEGER) AS y, new, least(1, greatest(0, new + 0.2 * random() - 0.1)) AS old,
        'patient-' || CAST(floor(random() * ${PATIENTS}) AS INTEGER) AS patient,
        if(random() < 0.5, 'left', 'right') AS side, CAST(floor(random() * 10) AS INTEGER) AS age
      FROM (SELECT random() * random() * random() AS new FROM range(${ROWS}))`);
    await session.run(`COPY scores TO '${join(folder, 'scores.csv')}'`);
    await session.run(`COPY scores TO '${join(folder, 'scores.parquet')}'`);
    const weights = names.map((name) => `random() AS w${name}`);
    const total = names.map((name) => `w${name}`).join(' + ');
    const shares = names.map((name) => `w${name} / (${total}) AS ${name}`);
    await session.run(`COPY (
        SELECT CAST(floor(random() * ${CLASSES}) AS INTEGER) AS class, ${shares.join(', ')}
        FROM (SELECT ${weights.join(', ')} FROM range(${ROWS}))
      ) TO '${join(folder, 'classes.parquet')}'`);
  });
}

async function measure(name, folder) {
  const { evaluateFile } = await import('../../dist/activities/evaluation/evaluate-file.js');
  const { openTableFile } = await import('../../dist/activities/lake/table-file.js');
  const request = CASES[name];
  const started = performance.now();
  const dependencies = { duckdb: await openDuckDB(folder), openFile: openTableFile };
  await evaluateFile(dependencies, { ...request, file: join(folder, request.file) });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, megabytes: peakMegabytes() };
}

await answerAlone(MODULE, (name, folder) => (name === 'write' ? write(folder) : measure(name, folder)));
