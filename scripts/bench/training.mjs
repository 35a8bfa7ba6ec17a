/**
 * Training: boosting rounds per second, against the library driven in a bare loop over the same
 * channels in a process of its own; and the whole search on the public file, where it is there.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createDuckDB } from '../../dist/activities/lake/duckdb.js';
import { createLake } from '../../dist/activities/lake/lake.js';
import { createLakeActivities } from '../../dist/activities/lake/activities.js';
import { createLocalStore } from '../../dist/activities/store/local-store.js';
import { createTrainingActivities } from '../../dist/activities/training/activities.js';
import { createLocalTrainer } from '../../dist/activities/training/local-trainer.js';
import { readChannel } from '../../dist/activities/training/xgboost/channel.js';
import { arrayInterface, loadXgboost } from '../../dist/activities/training/xgboost/library.js';
import { projects } from '../../dist/pipelines/projects.js';
import { findXgboost } from '../xgboost.mjs';
import { withFolder } from '../with-folder.mjs';

const PUBLIC_FILE = fileURLToPath(new URL('../../../shared/data/diabetic_data.csv.gz', import.meta.url));
const PROJECT = 'readmission-uci';
const THREADS = 2;
const ROUNDS = 300;
const REPEATS = 3;
const HYPERPARAMETERS = {
  objective: 'binary:logistic',
  tree_method: 'hist',
  max_depth: '6',
  eta: '0.05',
  seed: '1',
};
const SYNTHETIC = { train: 80_000, validation: 20_000 };
const FEATURES = 50;

export function run() {
  return withFolder('bench', async (folder) => {
    const store = createLocalStore(join(folder, 'store'));
    const duckdb = createDuckDB({
      memoryLimit: '1GB',
      threads: THREADS,
      tempDirectory: join(folder, 'temp'),
    });
    const { path: library } = await findXgboost();
    const trainer = createLocalTrainer({ store, library, threads: THREADS });
    await writeChannels(duckdb, store);
    const bench = { folder, store, duckdb, library, trainer };
    return [...(await rounds(bench)), ...(await search(bench))];
  });
}

/** Numbers on a grid, 5 % of them missing, and a label that depends on four of them. */
async function writeChannels(duckdb, store) {
  const columns = Array.from(
    { length: FEATURES },
    (_, k) =>
      `CAST(CASE WHEN hash(i * 64 + ${k}) % 20 > 0 THEN hash(i * 64 + ${k}) % 1000 / 100.0 END AS FLOAT) AS x${k}`,
  );
  await duckdb.session(async (session) => {
    for (const [name, rows] of Object.entries(SYNTHETIC)) {
      const path = join(session.scratch, `${name}.parquet`);
      await session.run(
        `COPY (
           SELECT CAST((hash(i + 7) % 1000) / 1000.0 < 1 / (1 + exp(2 - coalesce(x0, 5) / 5 - coalesce(x1 * x2, 25) / 50)) AS FLOAT) AS label, * EXCLUDE (i)
           FROM (SELECT i, ${columns.join(', ')} FROM range($start, $start + $rows) AS r(i)) ORDER BY i
         ) TO $path (FORMAT parquet)`,
        { start: name === 'train' ? 0 : SYNTHETIC.train, rows, path },
      );
      await store.upload(`channels/${name}/part-0.parquet`, path);
    }
  });
}

/** Ours and the bare loop by turns, for what else the machine does changes by the second. */
async function rounds(bench) {
  const ours = [];
  const bare = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    ours.push(await trainOurs(bench));
    bare.push(await trainBare(bench));
  }
  const median = (runs, of) => runs.map(of).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)];
  return ['loop', 'whole'].map((part) => {
    const [value, baseline] = [ours, bare].map((runs) => ROUNDS / median(runs, (run) => run[part]));
    const what = part === 'loop' ? 'rounds per second' : 'rounds per second, from Parquet to model file';
    return { name: what, value, baseline, unit: '/s', ratio: value / baseline, target: { min: 0.9 } };
  });
}

async function trainOurs({ folder, trainer }) {
  const job = {
    channels: { train: ['channels/train'], validation: ['channels/validation'] },
    hyperparameters: { ...HYPERPARAMETERS, eval_metric: 'auc,logloss', num_round: String(ROUNDS) },
    folder: await mkdtemp(join(folder, 'job-')),
  };
  const started = performance.now();
  const at = [];
  await trainer.train(job, () => at.push(performance.now()), new AbortController().signal);
  // The first round is over when it is first heard of, so the loop is one round longer than that.
  return {
    loop: (((at.at(-1) - at[0]) / 1000) * ROUNDS) / (ROUNDS - 1),
    whole: (performance.now() - started) / 1000,
  };
}

async function trainBare({ store, library }) {
  const started = performance.now();
  const files = await Promise.all(
    Object.keys(SYNTHETIC).map((name) => store.stage(`channels/${name}/part-0.parquet`)),
  );
  const child = fork(fileURLToPath(import.meta.url), [], {
    env: { OMP_WAIT_POLICY: 'passive', ASSAY_BENCH_BARE: '1' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send({ library, files });
  const loop = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the bare loop ended with code ${code}`)));
  });
  return { loop, whole: (performance.now() - started) / 1000 };
}

/** The C calls and nothing else: matrices, booster, update and evaluate, the model's bytes. */
async function bareLoop({ library: path, files }) {
  const c = loadXgboost(path);
  const call = (status) => {
    if (status !== 0) throw new Error(c.lastError());
  };
  const matrices = [];
  for (const file of files) {
    const { values, labels, rows, columns } = await readChannel([file], THREADS);
    const out = [null];
    call(
      c.matrixFromDense(
        arrayInterface(values, [rows, columns]),
        `{"missing": NaN, "nthread": ${THREADS}}`,
        out,
      ),
    );
    call(c.matrixSetInfo(out[0], 'label', arrayInterface(labels)));
    matrices.push(out[0]);
  }
  const [train, validation] = matrices;
  const booster = [null];
  call(c.boosterCreate(matrices, 2, booster));
  for (const [name, value] of Object.entries(HYPERPARAMETERS))
    call(c.boosterSetParam(booster[0], name, value));
  call(c.boosterSetParam(booster[0], 'nthread', String(THREADS)));
  for (const metric of ['auc', 'logloss']) call(c.boosterSetParam(booster[0], 'eval_metric', metric));
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    call(c.boosterUpdate(booster[0], round, train));
    call(c.boosterEvaluate(booster[0], round, [validation], ['validation'], 1, [null]));
  }
  const seconds = (performance.now() - started) / 1000;
  call(c.boosterSave(booster[0], '{"format":"ubj"}', [null], [null]));
  return seconds;
}

/** Snapshot, prepare and all three families, on features that the medallion made of the public file. */
async function search({ store, duckdb, trainer }) {
  if (!existsSync(PUBLIC_FILE)) return [];
  const lake = createLake({ store, duckdb });
  const spec = (name) => projects[name];
  await makeFeatures({ store, lake, duckdb, spec });
  const training = createTrainingActivities({ store, lake, duckdb, spec, trainer });
  const rows = [];
  const timed = async (name, body) => {
    const started = performance.now();
    const result = await body();
    rows.push({ name: `public file: ${name}`, value: (performance.now() - started) / 1000, unit: 's' });
    return result;
  };
  const dataset = await timed('snapshot and prepare', async () => {
    const snapshot = await training.snapshot({ project: PROJECT, asOf: '2030-01-01T00:00:00Z' });
    return training.prepare({ project: PROJECT, snapshot, key: 'bench/1/prepare' });
  });
  for (const [family, { trials }] of Object.entries(projects[PROJECT].training.families)) {
    await timed(`search ${family}, ${trials} trials`, () =>
      training.search({ project: PROJECT, dataset, family, key: `bench/1/${family}` }),
    );
  }
  const total = rows.reduce((sum, { value }) => sum + value, 0);
  return [...rows, { name: 'public file: whole training', value: total, unit: 's' }];
}

async function makeFeatures(dependencies) {
  const activities = createLakeActivities(dependencies);
  const input = {
    project: PROJECT,
    interval: { start: '2025-01-01T00:00:00Z', end: '2025-02-01T00:00:00Z' },
  };
  await dependencies.store.upload(`landing/${PROJECT}/2025-01/public.csv.gz`, PUBLIC_FILE);
  const { files } = await activities.land(input);
  const { bronze } = await activities.ingest({ ...input, files, key: 'bench/1/bronze' });
  let tables = { bronze };
  for (const layer of ['silver', 'gold']) {
    const refined = await activities.refine({ ...input, layer, tables, key: `bench/1/${layer}` });
    tables = { ...tables, ...refined.tables };
  }
}

if (process.env.ASSAY_BENCH_BARE !== undefined) {
  process.once('message', (job) => {
    void bareLoop(job).then((seconds) => process.send(seconds, () => process.exit(0)));
  });
}
