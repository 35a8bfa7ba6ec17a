/** An interval that has been scored, held against the baseline of the model that scored it. */
import {
  compareWithBaseline,
  type ColumnDrift,
  type DriftReport,
} from '../../workflows/domain/drift/compare.ts';
import { driftMeasure, highShareMeasure } from '../../workflows/domain/governance/measures.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import { writeArtefact } from '../artefact.ts';
import { attempt } from '../attempt.ts';
import type { DuckDB, Lake } from '../lake/contract.ts';
import type { Registry } from '../registry/contract.ts';
import type { PinnedModel } from '../scoring/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { ModelBaseline, Monitored, MonitoringActivities } from './contract.ts';
import { createCountedView, featureColumns, SCORE, type CountingPort } from './counted-views.ts';
import { readOutputs, type Outputs } from './outputs.ts';
import { rollingWindow } from './partitions.ts';
import { otherReferences, type OtherReference } from './references.ts';
import { writeRows, type MonitoringRow } from './table.ts';

export interface MeasureDependencies {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly registry: Registry;
  readonly counting: CountingPort;
}

/** What a report is made of later. */
export interface Comparison {
  readonly reference: { readonly intervals: readonly string[]; readonly eventRate: number };
  readonly features: DriftReport;
  readonly score: ColumnDrift;
  readonly outputs: Outputs;
  /** Starts of the intervals that were held against it together; what was written before windows rolled has none. */
  readonly window?: readonly string[];
  /** Not judged by. */
  readonly others: readonly OtherReference[];
}

/** @throws NothingToMonitor */
export async function measure(
  deps: MeasureDependencies,
  spec: ProjectSpec,
  input: Parameters<MonitoringActivities['measure']>[0],
): Promise<Monitored> {
  const { interval, model, run, key } = input;
  const baseline = await readBaseline(deps.registry, model);
  const comparison = await compare(deps, spec, baseline, input);
  const { features, score, outputs } = comparison;
  await writeRows(
    deps,
    spec.tables.monitoring,
    { interval, part: 'drift', model, run, rows: rowsOf(comparison, spec) },
    key,
  );
  const named = (verdict: string): string[] =>
    features.columns.filter((column) => column.verdict === verdict).map(({ name }) => name);
  const bytes = new TextEncoder().encode(`${JSON.stringify(comparison)}\n`);
  const alarms = named('alarm');
  for (const { name, psi } of features.columns) {
    if (psi !== null) attempt().measure('drift_psi', psi, { model: spec.model, column: name });
  }
  attempt().measure('drift_alarms', alarms.length, { model: spec.model });
  attempt().log('monitored', { rows: outputs.rows, alarms: alarms.length, scorePsi: score.psi ?? undefined });
  return {
    interval,
    model,
    rows: outputs.rows,
    verdict: features.verdict,
    scorePsi: score.psi,
    alarms,
    warnings: named('warn'),
    faults: faultsOf(comparison),
    scoreMean: outputs.scoreMean,
    comparison: await writeArtefact(deps.store, `monitoring/${spec.name}`, 'json', bytes),
  };
}

/** @throws DigestMismatch */
async function readBaseline(registry: Registry, { model, version }: PinnedModel): Promise<ModelBaseline> {
  const bytes = await registry.artefact(model, version, 'baseline');
  return JSON.parse(new TextDecoder().decode(bytes)) as ModelBaseline;
}

async function compare(
  { lake, duckdb, counting }: MeasureDependencies,
  spec: ProjectSpec,
  baseline: ModelBaseline,
  input: Parameters<MonitoringActivities['measure']>[0],
): Promise<Comparison> {
  const { interval, features, predictions, model } = input;
  const policy = spec.monitoring.drift;
  return duckdb.session(async (session) => {
    const window = await rollingWindow(
      lake,
      { features, predictions },
      interval,
      spec.monitoring.window ?? 1,
    );
    await lake.attach(session, 'features', features, { where: { [INTERVAL_COLUMN]: window.features } });
    await lake.attach(session, 'predictions', predictions, {
      where: { [INTERVAL_COLUMN]: window.predictions },
    });
    await createCountedView(session, 'current', featureColumns(spec.features), 'features');
    // Scores of another version say nothing of this one's, where the window reaches behind its promotion.
    await createCountedView(session, 'scored', SCORE, `predictions WHERE model_version = ${model.version}`);
    const counts = await counting.countAgainst(session, 'current', baseline.features);
    const scores = await counting.countAgainst(session, 'scored', baseline.score);
    const [score] = compareWithBaseline(baseline.score, scores, policy).columns;
    return {
      reference: { intervals: baseline.intervals, eventRate: baseline.eventRate },
      features: compareWithBaseline(baseline.features, counts, policy),
      score: score!,
      outputs: await readOutputs(session, 'scored', spec.operatingThreshold),
      others: await otherReferences(
        { session, lake, counting, spec, window: window.features, features },
        baseline.training,
      ),
      window: window.features,
    };
  });
}

function rowsOf(comparison: Comparison, { monitoring }: ProjectSpec): MonitoringRow[] {
  const { features, score, outputs } = comparison;
  const { drift, highShare } = monitoring;
  const judged = [
    ...features.columns.map((column) => ({
      ...driftMeasure('feature', column, drift),
      reason: column.reason,
    })),
    { ...driftMeasure('score', { ...score, name: 'score_psi' }, drift), reason: score.reason },
    ...(highShare ? [{ ...highShareMeasure(outputs.aboveThreshold, highShare), reason: null }] : []),
  ];
  const { estimatedAuc, ...figures } = outputs;
  return [
    ...judged.map(({ kind, name, level, value, threshold, reason }) => ({
      kind,
      name,
      measure: kind === 'output' ? 'share' : `${kind}_psi`,
      value,
      level,
      threshold,
      reason,
    })),
    ...features.columns.flatMap((column) => figuresOf('feature', column.name, column)),
    ...figuresOf('score', 'score_psi', score),
    ...faultsOf(comparison).map(({ column, reason }) => ({
      ...figure('quality', column, 'fault', null),
      level: 'broken' as const,
      reason,
    })),
    ...Object.entries(figures).map(([name, value]) => figure('data', name, name, value)),
    ...comparison.others.flatMap(({ name: reference, features: against }) =>
      against.map(({ name, psi }) => figure('feature', name, `feature_psi_${reference}`, psi)),
    ),
    figure('data', 'auc', 'auc_estimate', estimatedAuc?.value ?? null),
    figure('data', 'auc', 'auc_estimate_low', estimatedAuc?.low ?? null),
    figure('data', 'auc', 'auc_estimate_high', estimatedAuc?.high ?? null),
  ];
}

function figuresOf(kind: string, name: string, column: ColumnDrift): MonitoringRow[] {
  const { psiCritical, psiSmoothed, chiSquare, jensenShannon, ks, missing, unseen, summary } = column;
  const figures: Record<string, number | null | undefined> = {
    psi_smoothed: psiSmoothed,
    psi_critical: psiCritical,
    chi_square: chiSquare?.statistic,
    chi_square_p: chiSquare?.pValue,
    jensen_shannon: jensenShannon,
    ks: ks?.statistic,
    ks_at_most: ks?.atMost,
    ks_p: ks?.pValue,
    missing_share: missing.current,
    missing_share_reference: missing.reference,
    unseen_share: unseen.current,
    ...summary?.current,
    ...Object.fromEntries(
      Object.entries(summary?.reference ?? {}).map(([measure, value]) => [`${measure}_reference`, value]),
    ),
  };
  return Object.entries(figures).flatMap(([measure, value]) =>
    value === undefined ? [] : [figure(kind, name, measure, value)],
  );
}

function figure(kind: string, name: string, measure: string, value: number | null): MonitoringRow {
  return { kind, name, measure, value, level: null, threshold: null, reason: null };
}

function faultsOf({ features, outputs }: Comparison): { column: string; reason: string }[] {
  const invalid = outputs.missing + outputs.outsideUnitInterval;
  return [
    ...features.columns.flatMap(({ name, quality }) =>
      quality.verdict === 'broken' ? quality.reasons.map((reason) => ({ column: name, reason })) : [],
    ),
    ...(invalid > 0
      ? [{ column: 'score', reason: `${invalid} scores are missing or outside of 0 to 1` }]
      : []),
  ];
}
