/** The document of a monitoring report, out of the comparison, the decision and the table. */
import type { ColumnDrift, DriftVerdict } from '../../workflows/domain/drift/compare.ts';
import type { Estimate } from '../../workflows/domain/evaluation.ts';
import type { Decision } from '../../workflows/domain/governance/decision.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type {
  ColumnReport,
  MonitoredInterval,
  MonitoredPerformance,
  MonitoringReport,
} from '../reports/contract.ts';
import type { Monitored } from './contract.ts';
import type { Comparison } from './measure.ts';
import { byInterval, type StoredRow } from './table.ts';

/** @param rows of the intervals up to the report's own */
export function monitoringReport(
  spec: ProjectSpec,
  { interval, model, faults }: Monitored,
  { reference, features, score, outputs, others, window = [] }: Comparison,
  decision: Decision,
  rows: readonly StoredRow[],
): MonitoringReport {
  const { warn, alarm } = spec.monitoring.drift;
  const intervals = byInterval(rows);
  const { estimatedAuc: _estimate, rows: scored, ...figures } = outputs;
  const days = daysOf(reference.intervals);
  return {
    format: 'assay-monitoring-report-1',
    project: spec.name,
    interval,
    model,
    verdict: features.verdict,
    decision,
    reference: {
      description: `${days}, the newest data that version ${model.version} learnt from`,
      rows: features.reference.rows,
    },
    current: { rows: scored, ...(window.length > 1 && { intervals: window }) },
    thresholds: { warn, alarm },
    score: columnReport({ ...score, name: 'score' }),
    columns: features.columns.map(columnReport),
    otherReferences: others.map(({ name, intervals, rows, features }) => ({
      name: OTHERS[name],
      description: daysOf(intervals),
      rows,
      features,
    })),
    quality: { verdict: faults.length > 0 ? 'broken' : 'ok', findings: faults.map(finding) },
    outputs: { ...figures, threshold: spec.operatingThreshold },
    ...performanceOf(intervals),
    history: intervals.map(historyOf),
  };
}

const OTHERS: Readonly<Record<Comparison['others'][number]['name'], string>> = {
  training: 'all rows learnt from',
  before: 'the interval before',
};

/** `2025-03` of what begins with its month. */
function daysOf(intervals: readonly string[]): string {
  return intervals.map((start) => start.slice(0, 10).replace(/-01$/, '')).join(', ');
}

function columnReport(column: ColumnDrift): ColumnReport {
  const { binning: _binning, psiSmoothed: _smoothed, unseen: _unseen, quality: _quality, ...shown } = column;
  return { ...shown, bins: column.bins.map(({ label, counts }) => ({ label, ...counts })) };
}

function finding(fault: Monitored['faults'][number]): MonitoringReport['quality']['findings'][number] {
  return { ...fault, measure: 'data quality', value: null, threshold: null };
}

interface IntervalRows {
  readonly interval: Monitored['interval'];
  readonly rows: readonly StoredRow[];
}

function historyOf({ interval, rows }: IntervalRows): MonitoredInterval {
  const auc = estimateOf(rows, 'auc');
  const calibration = estimateOf(rows, 'calibration');
  const eventRate = valueOf(rows, 'event_rate');
  return {
    interval,
    version: rows[0]?.version ?? 0,
    rows: valueOf(rows, 'rows') ?? 0,
    scorePsi: valueOf(rows, 'score_psi'),
    scoreMean: valueOf(rows, 'scoreMean'),
    ...(eventRate !== null && { eventRate }),
    ...(auc && { auc }),
    ...(calibration && { calibration }),
    features: rows
      .filter(({ kind, measure }) => kind === 'feature' && measure === 'feature_psi')
      .map(({ name, value, level }) => ({
        name,
        psi: value,
        verdict: VERDICTS.get(level) ?? ('insufficient_data' as const),
      })),
  };
}

const VERDICTS: ReadonlyMap<string | null, DriftVerdict> = new Map([
  ['ok', 'ok'],
  ['warning', 'warn'],
  ['critical', 'alarm'],
]);

/** The newest interval whose labels are known; before there is one, an estimate from the newest scores. */
function performanceOf(intervals: readonly IntervalRows[]): { performance?: MonitoredPerformance } {
  const known = intervals.findLast(({ rows }) => rows.some(({ part }) => part === 'performance'));
  if (known) return { performance: realised(known) };
  const newest = intervals.at(-1);
  const auc = newest && estimateOf(newest.rows, 'auc_estimate');
  if (!newest || !auc) return {};
  return {
    performance: { interval: newest.interval, estimated: true, rows: valueOf(newest.rows, 'rows') ?? 0, auc },
  };
}

function realised({ interval, rows }: IntervalRows): MonitoredPerformance {
  const auc = estimateOf(rows, 'auc');
  const prAuc = estimateOf(rows, 'pr_auc');
  const calibration = estimateOf(rows, 'calibration');
  const gini = valueOf(rows, 'gini');
  const positives = valueOf(rows, 'positives');
  return {
    interval,
    estimated: false,
    rows: valueOf(rows, 'rows') ?? 0,
    ...(positives !== null && { positives }),
    ...(auc && { auc }),
    ...(gini !== null && { gini }),
    ...(prAuc && { prAuc }),
    ...(calibration && { calibration }),
  };
}

function valueOf(rows: readonly StoredRow[], measure: string): number | null {
  return rows.find((row) => row.measure === measure)?.value ?? null;
}

function estimateOf(rows: readonly StoredRow[], measure: string): Estimate | undefined {
  const [value, low, high] = [measure, `${measure}_low`, `${measure}_high`].map((name) =>
    valueOf(rows, name),
  );
  if (typeof value !== 'number' || typeof low !== 'number' || typeof high !== 'number') return undefined;
  return { value, low, high };
}
