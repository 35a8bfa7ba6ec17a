import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Encoder } from '../../workflows/domain/encoder.ts';
import { judge } from '../../workflows/domain/judge.ts';
import { writeArtefact } from '../artefact.ts';
import { createEvaluationActivities } from '../evaluation/activities.ts';
import { linearModel } from '../evaluation/testing/linear-model.ts';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { createRegistryActivities } from '../registry/activities.ts';
import { createRegistry } from '../registry/registry.ts';
import { makeRegistration } from '../registry/testing/registrations.ts';
import type { PinnedModel } from '../scoring/contract.ts';
import { openScorer } from '../scoring/onnx/scorer.ts';
import { scoreView } from '../scoring/score-view.ts';
import { createTrainingActivities } from '../training/activities.ts';
import type { Dataset } from '../training/contract.ts';
import { syntheticProject, writeSynthetic } from '../training/testing/project.ts';
import { createReportActivities } from './activities.ts';
import type { ReportActivities, TrainingReport } from './contract.ts';
import { monitoringExample } from './testing/monitoring-report.ts';

const ROWS = 6_000;
const WEIGHTS = { age: 1 / 25, days: 1 / 40, 'ward = north': 1 };
const card = { intendedUse: 'To try reports.', data: 'Made up.', limits: ['Everything.'] };
const spec = { ...syntheticProject(), slices: ['sex', 'ward'], card };

let lake: TemporaryLake;
let dataset: Dataset;
let reports: ReportActivities;
let version: PinnedModel;
let first: TrainingReport;

beforeAll(async () => {
  lake = await temporaryLake();
  await writeSynthetic(lake, ROWS);
  dataset = await prepared();
  version = await registered();
  const registry = createRegistry(lake.store);
  reports = createReportActivities({
    ...lake,
    registry,
    spec: () => spec,
    scoring: { open: openScorer },
    contribute,
  });
  first = await trainingReport();
});

afterAll(() => lake.close());

describe('training', () => {
  test('draws its figures from the version’s own held-out rows', () => {
    const { figures, evaluation } = first;
    expect([figures.rows, figures.positives]).toEqual([dataset.test.rows, dataset.test.positives]);
    // Without a champion the gate judges on the same rows.
    expect(evaluation.rows).toBe(dataset.test.rows);
    const { confusion, recall } = evaluation.atThreshold;
    expect(figures.capacity.recall).toBeCloseTo(recall, 12);
    expect(figures.capacity.share).toBeCloseTo((confusion.tp + confusion.fp) / evaluation.rows, 12);
    const ofLift = figures.lift.find(({ share }) => share === 0.2);
    expect(ofLift?.lift).toBeCloseTo(evaluation.topShare.find(({ share }) => share === 0.2)?.lift ?? 0, 12);
    expect(areaUnder(figures.roc)).toBeCloseTo(evaluation.auc.value, 3);
    const bins = figures.calibration.map(
      ({ rows, meanScore, eventRate }) => rows * Math.abs(meanScore - eventRate.value),
    );
    expect(bins.reduce((sum, gap) => sum + gap, 0) / evaluation.rows).toBeCloseTo(evaluation.ece, 9);
  });

  test('finds the features that the model looks at, and no others', () => {
    const importance = new Map(
      first.permutation.features.map((feature) => [feature.feature, feature.importance]),
    );
    expect([...importance.keys()].toSorted()).toEqual(['age', 'days', 'sex', 'ward']);
    expect(first.permutation.features[0]?.feature).toBe('age');
    for (const feature of ['age', 'days', 'ward']) expect(importance.get(feature)?.low).toBeGreaterThan(0);
    const nought = expect.closeTo(0, 12);
    expect(importance.get('sex')).toEqual({ value: nought, low: nought, high: nought });
    expect(first.permutation.auc).toBeCloseTo(first.evaluation.auc.value, 6);
  });

  test('adds the trainer’s contributions up by feature', () => {
    const places = encoderPlaces();
    const expected = { age: 1, days: 2, ward: places.ward * 0.5, sex: places.sex * 0.5 };
    const found = first.contributions?.features.map(({ feature, contribution }) => [feature, contribution]);
    expect(Object.fromEntries(found ?? [])).toEqual(expected);
  });

  test('says what the gate would say until the registry’s log has its word', async () => {
    const verdict = judge(first.evaluation, spec.gate, { championDigest: null });
    expect(first.gate).toMatchObject({ verdict: verdict.verdict, recorded: false, against: null });
    const { model, version: number } = version;
    const by = { by: 'test', key: 'gate' };
    await registryActivities().recordGate({ model, version: number, against: null, verdict, ...by });
    const second = await trainingReport();
    expect(second.gate).toEqual({ ...first.gate, recorded: true });
    expect({ ...second, gate: first.gate }).toEqual(first);
  });

  test('names where the model comes from, and what it is for', () => {
    expect(first.card).toEqual(card);
    expect(first.lineage).toMatchObject({
      features: dataset.snapshot.features,
      labels: dataset.snapshot.labels,
      intervals: dataset.snapshot.intervals,
      codeVersion: 'test',
      digests: { onnx: version.digest, dataset: dataset.digest },
    });
  });

  test('has no contributions where the trainer is not at hand', async () => {
    const registry = createRegistry(lake.store);
    const plain = createReportActivities({
      ...lake,
      registry,
      spec: () => spec,
      scoring: { open: openScorer },
    });
    expect((await trainingReport(plain)).contributions).toBeUndefined();
  });

  test('does not know a version that was never registered', async () => {
    const input = { project: spec.name, model: spec.model, version: 9, key: 'none' };
    await expect(reports.training(input)).rejects.toMatchObject({ type: 'UnknownVersion' });
  });
});

describe('monitoring', () => {
  test('writes the page and the document that it was given', async () => {
    const report = monitoringExample();
    const written = await reports.monitoring({
      project: 'visits',
      report: await artefactOf(report),
      key: 'june',
    });
    expect(written).toEqual({
      html: 'reports/visits/monitoring-2025-06-01.html',
      json: 'reports/visits/monitoring-2025-06-01.json',
    });
    expect(JSON.parse(await text(written.json))).toEqual(report);
    expect(await text(written.html)).toContain('Decision: wait for labels.');
  });

  test('refuses what is no monitoring report', async () => {
    const report = await artefactOf({ format: 'assay-monitoring-report-2' });
    const attempt = reports.monitoring({ project: 'visits', report, key: 'later' });
    await expect(attempt).rejects.toMatchObject({ type: 'UnsupportedReport' });
  });
});

/** The document that the activity wrote, and the page beside it. */
async function trainingReport(activities = reports): Promise<TrainingReport> {
  const { model, version: number } = version;
  const written = await activities.training({ project: spec.name, model, version: number, key: 'report' });
  expect(written.html).toBe('reports/visits/training-visits-v1.html');
  expect(await text(written.html)).toContain('<h1>visits, version 1</h1>');
  return JSON.parse(await text(written.json)) as TrainingReport;
}

/** Of age and its indicator, days and theirs, and one half for each place of a category. */
function contribute(_model: Uint8Array, _values: Float32Array, rows: number, columns: number): Float32Array {
  const { age, days } = encoderPlaces();
  const row = Array.from({ length: columns + 1 }, (_, place): number =>
    place < age + days ? 0 : place < columns ? 0.5 : 9,
  );
  row[0] = -1;
  row[age] = 2;
  return Float32Array.from({ length: rows * (columns + 1) }, (_, place) => row[place % (columns + 1)] ?? 0);
}

let encoder: Encoder;

function encoderPlaces(): Record<'age' | 'days' | 'ward' | 'sex', number> {
  const numeric = encoder.numeric.map(({ indicator }) => (indicator ? 2 : 1));
  const categorical = encoder.categorical.map(({ categories }) => categories.length + 2);
  const [age = 0, days = 0, ward = 0, sex = 0] = [...numeric, ...categorical];
  return { age, days, ward, sex };
}

async function prepared(): Promise<Dataset> {
  const trainer = { train: () => Promise.reject(new Error('nothing is trained here')) };
  const training = createTrainingActivities({ ...lake, spec: () => spec, trainer });
  const snapshot = await training.snapshot({ project: spec.name, asOf: '2025-06-05T00:00:00Z' });
  return training.prepare({ project: spec.name, snapshot, key: 'prepare' });
}

async function registered(): Promise<PinnedModel> {
  encoder = JSON.parse(await text(dataset.encoder.key)) as Encoder;
  const bytes = linearModel(encoder, WEIGHTS, -1.5);
  const onnx = await writeArtefact(lake.store, 'work', 'onnx', bytes);
  const converted = { onnx, parity: { rows: 1, maxAbsDiff: 0 } };
  const registry = createRegistry(lake.store);
  const scoring = { open: openScorer, scoreView };
  const evaluation = createEvaluationActivities({ ...lake, registry, scoring, spec: () => spec });
  const judged = { project: spec.name, dataset, challenger: converted, key: 'evaluate' };
  const { artefact } = await evaluation.evaluate(judged);
  const registration = await makeRegistration(lake.store, 'first');
  return registryActivities().register({ ...registration, dataset, converted, metrics: artefact });
}

function registryActivities(): ReturnType<typeof createRegistryActivities> {
  const registry = createRegistry(lake.store);
  return createRegistryActivities({ store: lake.store, registry, spec: () => spec, codeVersion: 'test' });
}

function artefactOf(report: unknown): ReturnType<typeof writeArtefact> {
  return writeArtefact(lake.store, 'work', 'json', new TextEncoder().encode(JSON.stringify(report)));
}

async function text(key: string): Promise<string> {
  return new TextDecoder().decode(await lake.store.get(key));
}

function areaUnder(roc: TrainingReport['figures']['roc']): number {
  return roc.slice(1).reduce((area, point, place) => {
    const before = roc[place] ?? point;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    return area + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }, 0);
}
