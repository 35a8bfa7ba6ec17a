import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aucEstimate } from '../../workflows/domain/delong.ts';
import { encodeRecord, type Encoder, type FeatureValue } from '../../workflows/domain/encoder.ts';
import { judge } from '../../workflows/domain/judge.ts';
import { labelledScores } from '../../workflows/domain/labelled-scores.ts';
import { definedSample } from '../../workflows/domain/testing/samples.ts';
import { writeArtefact } from '../artefact.ts';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { createRegistryActivities } from '../registry/activities.ts';
import type { Registry } from '../registry/contract.ts';
import { createRegistry } from '../registry/registry.ts';
import { makeRegistration } from '../registry/testing/registrations.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import { openScorer } from '../scoring/onnx/scorer.ts';
import { scoreView } from '../scoring/score-view.ts';
import { createTrainingActivities } from '../training/activities.ts';
import type { Dataset, Position } from '../training/contract.ts';
import { syntheticProject, writeSynthetic } from '../training/testing/project.ts';
import { createEvaluationActivities } from './activities.ts';
import type { EvaluationActivities } from './contract.ts';
import { linearModel } from './testing/linear-model.ts';

const ROWS = 6000;
const spec = { ...syntheticProject(), slices: ['sex', 'ward'] };
const PREDICTIONS = spec.tables.predictions;
/** Two months of five have matured by the first, four by the second. */
const [EARLY, LATE] = ['2025-04-05T00:00:00Z', '2025-06-05T00:00:00Z'];
const GOOD = { age: 1 / 25, days: 1 / 40, 'ward = north': 1 };
const PLAIN = { age: 1 / 25 };

interface Row extends Readonly<Record<string, FeatureValue>> {
  readonly visit: number;
  readonly person: number;
  readonly _interval: string;
  readonly returned: number;
}

let lake: TemporaryLake;
let registry: Registry;
let evaluation: EvaluationActivities;
/** All rows with their labels, in the order of time. */
let rows: Row[];
let older: Dataset;
let newer: Dataset;
let challenger: ConvertedModel;
let champion: PinnedModel;

beforeAll(async () => {
  lake = await temporaryLake();
  await writeSynthetic(lake, ROWS);
  registry = createRegistry(lake.store);
  const scoring = { open: openScorer, scoreView };
  evaluation = createEvaluationActivities({ ...lake, registry, scoring, spec: () => spec });
  const labels = await lake.read(spec.tables.labels);
  const labelOf = new Map(labels.map((row) => [row['visit'], row['returned']]));
  const features = await lake.read(
    spec.tables.features,
    undefined,
    'SELECT * FROM it ORDER BY _interval, visit',
  );
  rows = features.map((row) => ({ ...row, returned: labelOf.get(row['visit']) })) as unknown as Row[];
  older = await datasetOf(EARLY);
  newer = await datasetOf(LATE);
  challenger = await convertedFor(newer, GOOD);
  champion = await registered('champion', older, PLAIN);
});

afterAll(() => lake.close());

describe('evaluate', () => {
  test('judges a first model on all matured rows newer than its training', async () => {
    const slice = rowsAfter(newer.trainedUntil);
    expect(slice).toHaveLength(newer.test.rows);
    const { report } = await evaluation.evaluate({ ...inputs(), key: 'first' });
    expect(report).toMatchObject({
      rows: slice.length,
      positives: slice.filter((row) => row.returned === 1).length,
      challengerDigest: challenger.onnx.digest,
      sliceDigest: digestOf(slice),
    });
    expect(report.champion).toBeUndefined();
    expect(report.championDigest).toBeUndefined();
    expect(report.auc.value).toBeCloseTo(await aucOf(slice, newer, GOOD), 6);
    expect(report.latencyMs).toBeGreaterThan(0);
    expect(
      judge(report, spec.gate, { championDigest: null }).results.map((gate) => gate.value),
    ).not.toContain(null);
  });

  test('judges two models on the same rows, each through its own encoder', async () => {
    const slice = rowsAfter(newer.trainedUntil);
    const { report } = await evaluation.evaluate({ ...inputs(), champion, key: 'second' });
    expect(report.championSliceDigest).toBe(report.sliceDigest);
    expect(report.championDigest).toBe(champion.digest);
    const [ours, theirs] = [await aucOf(slice, newer, GOOD), await aucOf(slice, older, PLAIN)];
    expect(report.auc.value).toBeCloseTo(ours, 6);
    expect(report.champion?.auc.value).toBeCloseTo(theirs, 6);
    expect(report.difference?.auc.value).toBeCloseTo(ours - theirs, 6);
    const { championFigures: drawn, champion: judged, rows: all } = report;
    expect([drawn?.rows, drawn?.positives]).toEqual([all, judged?.positives]);
    expect(drawn?.capacity.recall).toBeCloseTo(judged!.atThreshold.recall, 12);
    expect(report.difference?.auc.method).toBe('paired DeLong, clustered (Obuchowski 1997)');
    const gates = judge(report, spec.gate, { championDigest: champion.digest }).results;
    expect(gates.filter((gate) => gate.value === null)).toEqual([]);
    expect(
      gates.filter((gate) => ['champion', 'same-slice', 'different-artefacts'].includes(gate.gate)),
    ).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ verdict: 'pass' })));
  });

  test('leaves to the unseen figures only entities that neither model was trained on', async () => {
    const { report } = await evaluation.evaluate({ ...inputs(), champion, key: 'unseen' });
    const seen = new Set([...trainedOn(older), ...trainedOn(newer)]);
    const unseen = rowsAfter(newer.trainedUntil).filter((row) => !seen.has(row.person));
    expect(unseen.length).toBeLessThan(report.rows);
    expect(report.unseen?.challenger.rows).toBe(unseen.length);
    expect(report.unseen?.challenger.auc.value).toBeCloseTo(await aucOf(unseen, newer, GOOD), 6);
    expect(report.unseen?.champion?.auc.value).toBeCloseTo(await aucOf(unseen, older, PLAIN), 6);
  });

  test('begins the slice after whichever model was trained later', async () => {
    const late = rowsAfter(newer.trainedUntil)[99];
    const trainedUntil = { interval: late?._interval ?? '', key: String(late?.visit) };
    const recent = await registered('recent', { ...newer, trainedUntil }, PLAIN);
    const { report } = await evaluation.evaluate({ ...inputs(), champion: recent, key: 'recent' });
    expect(report.rows).toBe(newer.test.rows - 100);
    expect(report.sliceDigest).toBe(digestOf(rowsAfter(trainedUntil)));
  });

  test('breaks the figures down by every group of the spec’s columns, missing values included', async () => {
    const { report } = await evaluation.evaluate({ ...inputs(), champion, key: 'slices' });
    const groups = (column: string): string[] =>
      report.slices.filter((slice) => slice.column === column).map((slice) => slice.group);
    expect(groups('sex')).toEqual(['F', 'M']);
    expect(groups('ward')).toEqual(['attic', 'east', 'missing', 'north', 'south']);
    for (const column of spec.slices) {
      const parts = report.slices.filter((slice) => slice.column === column);
      expect(parts.reduce((sum, slice) => sum + slice.rows, 0)).toBe(report.rows);
      expect(parts.reduce((sum, slice) => sum + slice.positives, 0)).toBe(report.positives);
    }
    expect(report.slices.find((slice) => slice.group === 'F')?.difference).toBeDefined();
  });

  test('writes what it answers as an artefact', async () => {
    const { report, artefact } = await evaluation.evaluate({ ...inputs(), champion, key: 'artefact' });
    const bytes = await lake.store.get(artefact.key);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(report);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(artefact.digest);
  });

  test('has no figures where no row is newer than the training of both', async () => {
    const recent = await registered('future', newer, PLAIN);
    const old = { project: spec.name, dataset: older, challenger: await convertedFor(older, PLAIN) };
    await expect(evaluation.evaluate({ ...old, champion: recent, key: 'none' })).rejects.toMatchObject({
      type: 'UndefinedMetric',
      message: expect.stringContaining('0 positives and 0 negatives'),
    });
  });

  test('refuses a champion whose file was changed', async () => {
    const tampered = await registered('tampered', older, PLAIN);
    const { key } = (await registry.version(tampered.model, tampered.version)).artefacts.onnx;
    await writeFile(fileURLToPath(`${lake.store.uri}/${key}`), 'tampered');
    await expect(
      evaluation.evaluate({ ...inputs(), champion: tampered, key: 'tampered' }),
    ).rejects.toMatchObject({ type: 'DigestMismatch' });
  });
});

describe('performance', () => {
  const march = { start: '2025-03-01T00:00:00Z', end: '2025-04-01T00:00:00Z' };
  const MATURED = '2025-05-01T00:00:00Z';

  test('holds predictions against the labels that came true', async () => {
    const input = {
      project: spec.name,
      interval: march,
      predictions: await predict(champion),
      asOf: MATURED,
    };
    const month = rows.filter((row) => row._interval === march.start);
    const seen = trainedOn(older);
    const result = await evaluation.performance(input);
    const positives = month.filter((row) => row.returned === 1).length;
    expect(result).toMatchObject({
      interval: march,
      model: champion,
      rows: month.length,
      positives,
      eventRate: positives / month.length,
    });
    expect(result?.scoreMean).toBeCloseTo(mean(month.map(scoreOf)), 6);
    expect(result?.auc).toEqual(aucBy(month));
    expect(result?.aucUnseen).toEqual(aucBy(month.filter((row) => !seen.has(row.person))));
  });

  test('answers nothing until every label of the interval has matured', async () => {
    const predictions = await predict(champion);
    const early = { project: spec.name, interval: march, predictions, asOf: '2025-04-30T23:59:59Z' };
    expect(await evaluation.performance(early)).toBeUndefined();
  });

  test('answers nothing where nothing was scored', async () => {
    const predictions = await predict(champion);
    const april = { start: '2025-04-01T00:00:00Z', end: '2025-05-01T00:00:00Z' };
    const input = { project: spec.name, interval: april, predictions, asOf: '2026-01-01T00:00:00Z' };
    expect(await evaluation.performance(input)).toBeUndefined();
  });

  test('refuses an interval that several models scored', async () => {
    const predictions = await predict(champion, { ...champion, version: 7 });
    const input = { project: spec.name, interval: march, predictions, asOf: MATURED };
    await expect(evaluation.performance(input)).rejects.toMatchObject({ type: 'SeveralModels' });
  });

  /** March's rows scored by age, the women's by `other` where there is one. */
  async function predict(model: PinnedModel, other = model): Promise<{ table: string; version: number }> {
    const features = await lake.lake.snapshot(spec.tables.features);
    return lake.duckdb.session(async (session) => {
      await lake.lake.attach(session, 'features', features);
      return lake.lake.write(session, PREDICTIONS, {
        query: `SELECT visit, person, _interval, CAST(age / 100.0 AS FLOAT) AS score, 'low' AS decision,
            $model AS model, CAST(CASE WHEN sex = 'F' THEN $version ELSE $other END AS INTEGER) AS model_version,
            $digest AS model_digest
          FROM features WHERE _interval = $interval`,
        params: { ...model, other: other.version, interval: march.start },
        mode: 'overwrite',
        partitionBy: ['_interval'],
        key: `predict-${other.version}`,
      });
    });
  }

  function scoreOf(row: Row): number {
    return Math.fround(Number(row['age']) / 100);
  }

  /** Rows of one person are no two witnesses. */
  function aucBy(some: readonly Row[]): ReturnType<typeof aucEstimate> {
    const people = [...new Set(some.map(({ person }) => person))];
    const sample = labelledScores(
      some.map(scoreOf),
      some.map((row) => row.returned),
      some.map(({ person }) => people.indexOf(person)),
    );
    if (!sample.defined) throw new Error(sample.reason);
    const auc = aucEstimate(sample.value);
    return {
      value: expect.closeTo(auc.value, 12),
      low: expect.closeTo(auc.low, 12),
      high: expect.closeTo(auc.high, 12),
    };
  }
});

async function datasetOf(asOf: string): Promise<Dataset> {
  const trainer = { train: () => Promise.reject(new Error('nothing is trained here')) };
  const training = createTrainingActivities({ ...lake, spec: () => spec, trainer });
  const snapshot = await training.snapshot({ project: spec.name, asOf });
  return training.prepare({ project: spec.name, snapshot, key: asOf });
}

async function encoderOf(dataset: Dataset): Promise<Encoder> {
  return JSON.parse(new TextDecoder().decode(await lake.store.get(dataset.encoder.key))) as Encoder;
}

async function convertedFor(
  dataset: Dataset,
  weights: Readonly<Record<string, number>>,
): Promise<ConvertedModel> {
  const onnx = linearModel(await encoderOf(dataset), weights, -1.5);
  return { onnx: await writeArtefact(lake.store, 'work', 'onnx', onnx), parity: { rows: 1, maxAbsDiff: 0 } };
}

async function registered(
  key: string,
  dataset: Dataset,
  weights: Readonly<Record<string, number>>,
): Promise<PinnedModel> {
  const { store } = lake;
  const activities = createRegistryActivities({ store, registry, spec: () => spec, codeVersion: 'test' });
  const registration = await makeRegistration(store, key);
  return activities.register({ ...registration, dataset, converted: await convertedFor(dataset, weights) });
}

function inputs(): { project: string; dataset: Dataset; challenger: ConvertedModel } {
  return { project: spec.name, dataset: newer, challenger };
}

function matured(dataset: Dataset): Row[] {
  return rows.filter((row) => dataset.snapshot.intervals.includes(row._interval));
}

function rowsAfter({ interval, key }: Position): Row[] {
  return matured(newer).filter(
    (row) => row._interval > interval || (row._interval === interval && row.visit > Number(key)),
  );
}

/** Entities before the test part that do not stand in it. */
function trainedOn(dataset: Dataset): Set<number> {
  const { interval, key } = dataset.trainedUntil;
  const isBefore = (row: Row): boolean =>
    row._interval < interval || (row._interval === interval && row.visit <= Number(key));
  const all = matured(dataset);
  const tested = new Set(all.filter((row) => !isBefore(row)).map((row) => row.person));
  return new Set(all.filter((row) => isBefore(row) && !tested.has(row.person)).map((row) => row.person));
}

/** By encoding each record by itself and running the model on it. */
async function aucOf(
  some: readonly Row[],
  dataset: Dataset,
  weights: Readonly<Record<string, number>>,
): Promise<number> {
  const encoder = await encoderOf(dataset);
  const vectors = some.map((row) => encodeRecord(encoder, row));
  const scorer = await openScorer(linearModel(encoder, weights, -1.5));
  const columns = vectors[0]?.length ?? 0;
  const matrix = Float32Array.from(vectors.flatMap((vector) => [...vector]));
  const scores = await scorer.score(matrix, some.length, columns);
  await scorer.close();
  return aucEstimate(
    definedSample(
      scores,
      some.map((row) => row.returned),
    ),
  ).value;
}

function digestOf(slice: readonly Row[]): string {
  return createHash('sha256')
    .update(slice.map((row) => `${row.visit}\t${row.returned}\n`).join(''))
    .digest('hex');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
