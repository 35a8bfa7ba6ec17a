import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../workflows/domain/governance/decision.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import { readArtefact, writeArtefact } from '../artefact.ts';
import { countAgainst, freezeBaseline } from '../drift/baseline.ts';
import { createEvaluationActivities } from '../evaluation/activities.ts';
import { linearModel } from '../evaluation/testing/linear-model.ts';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { createRegistryActivities } from '../registry/activities.ts';
import type { Registry } from '../registry/contract.ts';
import { createRegistry } from '../registry/registry.ts';
import { makeRegistration } from '../registry/testing/registrations.ts';
import type { MonitoringReport } from '../reports/contract.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import { openScorer } from '../scoring/onnx/scorer.ts';
import { score } from '../scoring/score.ts';
import { scoreView } from '../scoring/score-view.ts';
import { createTrainingActivities } from '../training/activities.ts';
import type { Dataset } from '../training/contract.ts';
import { syntheticProject, writeSynthetic } from '../training/testing/project.ts';
import { createMonitoringActivities } from './activities.ts';
import type { ModelBaseline, Monitored, MonitoringActivities } from './contract.ts';
import { referenceIntervals } from './model-baseline.ts';

const ROWS = 6000;
const spec = {
  ...syntheticProject(),
  monitoring: { ...syntheticProject().monitoring, highShare: { warning: 0.01, critical: 0.99 } },
};
const project = spec.name;
const MAY = { start: '2025-05-01T00:00:00Z', end: '2025-06-01T00:00:00Z' };
const WEIGHTS = { age: 1 / 25, days: 1 / 40, 'ward = north': 1 };
const DECISION: Decision = { decision: 'no-action', asOf: MAY.end, champion: 1, reasons: [] };

let lake: TemporaryLake;
let registry: Registry;
let monitoring: MonitoringActivities;
let dataset: Dataset;
let converted: ConvertedModel;
let baseline: ModelBaseline;
let model: PinnedModel;
let quiet: Monitored;

beforeAll(async () => {
  lake = await temporaryLake();
  const { store } = lake;
  registry = createRegistry(store);
  await writeSynthetic(lake, ROWS);
  const scoring = { open: openScorer, scoreView };
  const counting = { freezeBaseline, countAgainst };
  monitoring = createMonitoringActivities({ ...lake, registry, scoring, counting, spec: () => spec });
  const trainer = { train: () => Promise.reject(new Error('nothing is trained here')) };
  const training = createTrainingActivities({ ...lake, spec: () => spec, trainer });
  // Four months of five have matured.
  const snapshot = await training.snapshot({ project, asOf: '2025-06-05T00:00:00Z' });
  dataset = await training.prepare({ project, snapshot, key: 'prepare' });
  const onnx = linearModel(JSON.parse(await text(dataset.encoder)), WEIGHTS, -3);
  converted = {
    onnx: await writeArtefact(store, 'work', 'onnx', onnx),
    parity: { rows: 1, maxAbsDiff: 0 },
  };
  const frozen = await monitoring.baseline({ project, dataset, converted, key: 'baseline' });
  baseline = JSON.parse(await text(frozen)) as ModelBaseline;
  const metrics = JSON.stringify({ auc: { value: 0.7, low: 0.65, high: 0.75 } });
  const registration = await makeRegistration(store, 'first', { metrics });
  const activities = createRegistryActivities({ store, registry, spec: () => spec, codeVersion: 'test' });
  model = await activities.register({ ...registration, dataset, converted, baseline: frozen });
  quiet = await monitored('quiet', await features());
});

afterAll(() => lake.close());

describe('the baseline', () => {
  test('has the features of the newest large interval that was trained on', async () => {
    expect(baseline.intervals).toEqual(['2025-04-01T00:00:00Z']);
    expect(baseline.features.rows).toBe(spec.monitoring.baselineRows.max);
    expect(baseline.features.columns.map(({ name }) => name)).toEqual(['age', 'days', 'ward', 'sex']);
  });

  test('keeps beside it all rows that were learnt from, and none that were held out', () => {
    const { intervals, features: learnt } = baseline.training!;
    expect(intervals.length).toBeGreaterThan(1);
    expect(learnt.rows + dataset.test.rows).toBe(dataset.snapshot.rows);
  });

  test('has the scores and the event rate of the rows that were held out', async () => {
    expect(baseline.score.rows).toBe(dataset.test.rows);
    expect(baseline.eventRate).toBe(dataset.test.positives / dataset.test.rows);
  });

  test('takes the newest interval with enough rows, and all where none has', () => {
    const matured = [5000, 6000, 4000, 9000].map((rows, index) => ({
      start: `${index}`,
      rows,
      positives: 1,
    }));
    const trained = { snapshot: { matured }, trainedUntil: { interval: '2', key: '' } };
    expect(referenceIntervals(trained, 5000)).toEqual(['1']);
    expect(referenceIntervals(trained, 7000)).toEqual(['0', '1', '2']);
  });

  test('comes out byte for byte the same when a try is repeated', async () => {
    const [one, other] = [1, 2].map((key) =>
      monitoring.baseline({ project, dataset, converted, key: `${key}` }),
    );
    expect((await one)?.digest).toBe((await other)?.digest);
  });
});

describe('an interval', () => {
  test('like the one before raises no alarm, and every measure of it is in the table', async () => {
    expect(quiet).toMatchObject({ verdict: 'ok', rows: ROWS / 5, alarms: [], warnings: [], faults: [] });
    expect(quiet.scorePsi).toBeLessThan(0.1);
    const rows = await lake.read(spec.tables.monitoring);
    expect(new Set(rows.map(({ name }) => name))).toEqual(
      new Set([
        'age',
        'days',
        'ward',
        'sex',
        'score_psi',
        'share decided high',
        'rows',
        'scoreMean',
        'aboveThreshold',
        'missing',
        'outsideUnitInterval',
        'auc',
      ]),
    );
    expect(rows.find(({ measure }) => measure === 'score_psi')).toMatchObject({
      _interval: MAY.start,
      value: quiet.scorePsi,
      level: 'ok',
      model_version: 1,
    });
    for (const measure of ['feature_psi_training', 'feature_psi_before']) {
      const others = rows.filter((row) => row['measure'] === measure);
      expect(others.map(({ name, level }) => [name, level])).toEqual(
        ['age', 'days', 'sex', 'ward'].map((name) => [name, null]),
      );
      for (const { value } of others) expect(value).toBeLessThan(0.1);
    }
    expect(rows.find(({ measure, name }) => measure === 'median_reference' && name === 'age')).toBeDefined();
  });

  test('that has changed raises alarms, apart from what arrives broken', async () => {
    const drifted = await monitored('drifted', await writeDrifted());
    expect(drifted.alarms).toEqual(['days', 'ward']);
    expect(drifted.faults).toEqual([
      { column: 'days', reason: expect.stringContaining('100.0 % of the rows') },
    ]);
    const [judged] = await monitoring.judged({ project, version: 1 });
    expect(judged?.faults).toEqual(drifted.faults);
    expect(judged?.measures).toContainEqual(
      expect.objectContaining({ kind: 'feature', name: 'ward', level: 'critical' }),
    );
    expect(judged?.measures.map(({ name }) => name)).not.toContain('sex');
  });

  test('monitored again replaces what the table had of it', async () => {
    await monitored('again', await features());
    const rows = await lake.read(spec.tables.monitoring);
    const count = new Map<string, number>();
    for (const { kind, name, measure } of rows) {
      const key = `${String(kind)} ${String(name)} ${String(measure)}`;
      count.set(key, (count.get(key) ?? 0) + 1);
    }
    expect(new Set(count.values())).toEqual(new Set([1]));
    expect(await monitoring.judged({ project, version: 1 })).toEqual([
      {
        interval: MAY,
        faults: [],
        measures: [expect.objectContaining({ name: 'share decided high', level: 'warning' })],
      },
    ]);
  });

  test('of another version is no concern of this one', async () => {
    expect(await monitoring.judged({ project, version: 2 })).toEqual([]);
  });

  test('without rows can’t be monitored', async () => {
    const june = { start: MAY.end, end: '2025-07-01T00:00:00Z' };
    const predictions = await newest(spec.tables.predictions);
    const input = { project, interval: june, features: await features(), predictions, model };
    await expect(monitoring.measure({ ...input, run: 'run', key: 'june' })).rejects.toMatchObject({
      type: 'NothingToMonitor',
    });
  });
});

describe('performance', () => {
  test('is judged by what was registered, and by the bounds of calibration', async () => {
    await monitored('performance', await features());
    const scoring = { open: openScorer, scoreView };
    const evaluation = createEvaluationActivities({ ...lake, registry, scoring, spec: () => spec });
    const performance = await evaluation.performance({
      project,
      interval: MAY,
      asOf: '2025-08-01T00:00:00Z',
    });
    const tilted = { ...performance!, scoreMean: 1.5 * performance!.eventRate };
    await monitoring.recordPerformance({ project, performance: tilted, run: 'run', key: 'recorded' });
    const [judged] = await monitoring.judged({ project, version: 1 });
    expect(judged?.measures).toContainEqual(
      expect.objectContaining({ kind: 'calibration', level: 'critical', value: expect.closeTo(1.5) }),
    );
    const report = await reportOf(quiet);
    expect(report.performance).toMatchObject({
      interval: MAY,
      estimated: false,
      positives: performance?.positives,
      auc: performance?.auc,
      prAuc: performance?.metrics?.prAuc,
    });
    expect(report.history[0]?.calibration?.value).toBeCloseTo(1.5);
  });
});

test('a report has every column, the decision, and the intervals up to its own', async () => {
  const report = await reportOf(quiet);
  expect(report).toMatchObject({
    format: 'assay-monitoring-report-1',
    interval: MAY,
    model,
    decision: DECISION,
    quality: { verdict: 'ok', findings: [] },
    reference: { rows: spec.monitoring.baselineRows.max },
    current: { rows: ROWS / 5 },
  });
  for (const column of [...report.columns, report.score!]) {
    expect(column.bins.reduce((sum, { current }) => sum + current, 0)).toBe(ROWS / 5);
  }
  expect(report.history.map(({ interval }) => interval)).toEqual([MAY]);
  expect(report.history[0]?.features.map(({ name }) => name)).toEqual(['age', 'days', 'sex', 'ward']);
});

describe('a rolling window', () => {
  const APRIL = { start: '2025-04-01T00:00:00Z', end: MAY.start };
  const rolling = { ...spec, monitoring: { ...spec.monitoring, window: 2 } };

  test('holds the interval and the scored one before it against the baseline together', async () => {
    const ref = await features();
    const deps = { ...lake, registry, spec: () => rolling };
    const scoreOf = (interval: typeof MAY, key: string) =>
      score(deps, { project, interval, features: ref, model, key });
    const counting = { freezeBaseline, countAgainst };
    const scoring = { open: openScorer, scoreView };
    const activities = createMonitoringActivities({ ...deps, scoring, counting });
    const measured = async (predictions: TableRef, key: string) => {
      const input = { project, interval: MAY, features: ref, predictions, model, run: 'run', key };
      const found = await activities.measure(input);
      const asked = { project, monitored: found, decision: DECISION, key: `report/${key}` };
      return JSON.parse(await text(await activities.report(asked))) as MonitoringReport;
    };
    const alone = await measured((await scoreOf(MAY, 'roll/may')).predictions, 'roll/alone');
    expect(alone.current).toEqual({ rows: ROWS / 5 });

    const { predictions } = await scoreOf(APRIL, 'roll/april');
    const both = await measured(predictions, 'roll/both');
    expect(both.current).toEqual({ rows: (2 * ROWS) / 5, intervals: [APRIL.start, MAY.start] });
    for (const column of [...both.columns, both.score!]) {
      expect(column.bins.reduce((sum, { current }) => sum + current, 0)).toBe((2 * ROWS) / 5);
    }
    expect(both.otherReferences.find(({ name }) => name === 'the interval before')?.description).toBe(
      '2025-02, 2025-03',
    );
    // The table keeps the window under the interval that ends it.
    const rows = await lake.read(spec.tables.monitoring);
    expect(rows.find(({ measure }) => measure === 'rows')).toMatchObject({
      _interval: MAY.start,
      value: (2 * ROWS) / 5,
    });

    const older = await lake.duckdb.session(async (session) => {
      await lake.lake.attach(session, 'scores', predictions);
      return lake.lake.write(session, 'gold/visits_older', {
        query: `SELECT * REPLACE (CASE WHEN _interval < '${MAY.start}' THEN 0 ELSE model_version END AS model_version) FROM scores`,
        mode: 'overwrite',
        partitionBy: ['_interval'],
        key: 'older',
      });
    });
    const promoted = await measured({ table: 'gold/visits_older', version: older.version }, 'roll/promoted');
    const inputs = promoted.columns[0]!.bins.reduce((sum, { current }) => sum + current, 0);
    const scores = promoted.score!.bins.reduce((sum, { current }) => sum + current, 0);
    expect([inputs, scores]).toEqual([(2 * ROWS) / 5, ROWS / 5]);
  });
});

async function monitored(key: string, ref: TableRef): Promise<Monitored> {
  const { predictions } = await score(
    { ...lake, registry, spec: () => spec },
    { project, interval: MAY, features: ref, model, key: `score/${key}` },
  );
  return monitoring.measure({
    project,
    interval: MAY,
    features: ref,
    predictions,
    model,
    run: 'run',
    key: `measure/${key}`,
  });
}

async function reportOf(of: Monitored): Promise<MonitoringReport> {
  return JSON.parse(
    await text(await monitoring.report({ project, monitored: of, decision: DECISION, key: 'report' })),
  ) as MonitoringReport;
}

/** Everybody in the north, and no days. The table itself is left as it is. */
async function writeDrifted(): Promise<TableRef> {
  const table = 'gold/visits_drifted';
  const ref = await features();
  const { version } = await lake.duckdb.session(async (session) => {
    await lake.lake.attach(session, 'features', ref);
    return lake.lake.write(session, table, {
      query: `SELECT * REPLACE ('north' AS ward, CAST(NULL AS DOUBLE) AS days) FROM features`,
      mode: 'overwrite',
      partitionBy: ['_interval'],
      key: 'drifted',
    });
  });
  return { table, version };
}

function features(): Promise<TableRef> {
  return newest(spec.tables.features);
}

async function newest(table: string): Promise<TableRef> {
  return { table, version: (await lake.lake.snapshot(table)).version };
}

async function text(ref: Parameters<typeof readArtefact>[1]): Promise<string> {
  return new TextDecoder().decode(await readArtefact(lake.store, ref));
}
