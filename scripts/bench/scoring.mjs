/**
 * Batch scoring, Parquet to Parquet: a million rows of 50 features through a boosted model into the
 * predictions table, against ONNX Runtime alone on the matrix as it lies in memory.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createDuckDB } from '../../dist/activities/lake/duckdb.js';
import { createLake } from '../../dist/activities/lake/lake.js';
import { toOnnx } from '../../dist/activities/scoring/onnx/from-xgboost.js';
import { openScorer } from '../../dist/activities/scoring/onnx/scorer.js';
import { score } from '../../dist/activities/scoring/score.js';
import { readModel } from '../../dist/activities/scoring/xgboost/model.js';
import { createLocalStore } from '../../dist/activities/store/local-store.js';
import { Booster } from '../../dist/activities/training/xgboost/booster.js';
import { loadXgboost } from '../../dist/activities/training/xgboost/library.js';
import { Matrix } from '../../dist/activities/training/xgboost/matrix.js';
import { findXgboost } from '../xgboost.mjs';
import { withFolder } from '../with-folder.mjs';

const ROWS = 1_000_000;
const FEATURES = 50;
const TRAINING_ROWS = 50_000;
const PARAMS = { objective: 'binary:logistic', max_depth: '6', eta: '0.1', nthread: '2', seed: '1' };
const ROUNDS = 200;
const START = '2026-01-01T00:00:00Z';
const MISSING = 0.05;

const columns = Array.from({ length: FEATURES }, (_, index) => `x${index}`);

export function run() {
  return withFolder('bench', async (folder) => {
    return await measure(folder);
  });
}

async function measure(folder) {
  const store = createLocalStore(join(folder, 'store'));
  const duckdb = createDuckDB({ memoryLimit: '500MB', threads: 2, tempDirectory: join(folder, 'temp') });
  const lake = createLake({ store, duckdb });
  const features = await writeFeatures(duckdb, lake);
  const onnx = toOnnx(readModel(await trainModel()));
  const barely = await scoreReadyMatrix(onnx);
  const before = performance.now();
  const scored = await score(dependencies(onnx, lake, duckdb), {
    project: 'bench',
    interval: { start: START, end: '2026-02-01T00:00:00Z' },
    features,
    model: { model: 'bench', version: 1, digest: createHash('sha256').update(onnx).digest('hex') },
    key: 'bench/1/score',
  });
  const seconds = (performance.now() - before) / 1000;
  const rate = scored.rows / seconds;
  // Before and after, for what else the machine does changes by the second.
  const bare = (barely + (await scoreReadyMatrix(onnx))) / 2;
  return [
    {
      name: 'scoring, Parquet to Parquet',
      value: Math.round(rate),
      unit: 'rows/s',
      baseline: Math.round(bare),
      ratio: rate / bare,
      target: { min: 0.7 },
    },
    { name: 'peak memory', value: Math.round(process.resourceUsage().maxRSS / 1024), unit: 'MB' },
  ];
}

async function writeFeatures(duckdb, lake) {
  const values = columns.map(
    (name) => `CASE WHEN random() < ${MISSING} THEN NULL ELSE CAST(random() AS FLOAT) END AS ${name}`,
  );
  return duckdb.session((session) =>
    lake.write(session, 'gold/features', {
      query: `SELECT range AS id, range % 300000 AS patient, '${START}' AS _interval, ${values.join(', ')}
        FROM range(${ROWS})`,
      mode: 'overwrite',
      partitionBy: ['_interval'],
      key: 'bench/1/features',
    }),
  );
}

async function trainModel() {
  const library = loadXgboost((await findXgboost()).path);
  const values = randomMatrix(TRAINING_ROWS);
  const labels = Float32Array.from({ length: TRAINING_ROWS }, (_, row) => {
    const [a, b, c] = values.subarray(row * FEATURES, row * FEATURES + 3);
    return (a || 0.5) + (b || 0.5) * (c || 0.5) + Math.random() > 1.6 ? 1 : 0;
  });
  const matrix = new Matrix(
    library,
    { values, labels, rows: TRAINING_ROWS, columns: FEATURES },
    { threads: 2 },
  );
  const booster = new Booster(library, [matrix]);
  for (const [name, value] of Object.entries(PARAMS)) booster.set(name, value);
  for (let round = 0; round < ROUNDS; round++) booster.update(round, matrix);
  return booster.save();
}

/** Rows a second of ONNX Runtime alone, in batches, warmed up. */
async function scoreReadyMatrix(onnx) {
  const rows = 300_000;
  const matrix = randomMatrix(rows);
  const scorer = await openScorer(onnx);
  await scorer.score(matrix, rows, FEATURES);
  const before = performance.now();
  await scorer.score(matrix, rows, FEATURES);
  const seconds = (performance.now() - before) / 1000;
  await scorer.close();
  return rows / seconds;
}

function randomMatrix(rows) {
  return Float32Array.from({ length: rows * FEATURES }, () =>
    Math.random() < MISSING ? Number.NaN : Math.random(),
  );
}

function dependencies(onnx, lake, duckdb) {
  const numeric = columns.map((column) => ({ column, median: 0, indicator: false }));
  const encoder = { format: 'assay-encoder-1', numeric, categorical: [] };
  const artefacts = { onnx, encoder: new TextEncoder().encode(JSON.stringify(encoder)) };
  const spec = {
    source: { key: 'id', entity: 'patient' },
    tables: { predictions: 'gold/predictions' },
    operatingThreshold: 0.5,
  };
  return {
    lake,
    duckdb,
    registry: { artefact: async (_model, _version, name) => artefacts[name] },
    spec: () => spec,
  };
}
