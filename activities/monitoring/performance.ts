/** What predictions were worth, into the monitoring table: for a trend, and for the governor to judge. */
import { ApplicationFailure } from '@temporalio/common';
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import {
  aucMeasure,
  calibrationEstimate,
  calibrationMeasure,
} from '../../workflows/domain/governance/measures.ts';
import type { Measure } from '../../workflows/domain/governance/situation.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { DuckDB, Lake } from '../lake/contract.ts';
import type { Registry } from '../registry/contract.ts';
import type { MonitoringActivities } from './contract.ts';
import { writeRows, type MonitoringRow } from './table.ts';

export interface PerformanceDependencies {
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly registry: Registry;
}

export async function recordPerformance(
  deps: PerformanceDependencies,
  spec: ProjectSpec,
  { performance, run, key }: Parameters<MonitoringActivities['recordPerformance']>[0],
): Promise<void> {
  const { interval, model, rows, positives, auc, metrics, scoreMean, eventRate } = performance;
  const registered = await readMetrics(deps.registry, model.model, model.version);
  const calibration = calibrationEstimate(scoreMean, positives, rows);
  const measured: MonitoringRow[] = [
    ...(positives > 0
      ? estimateRows('calibration', calibrationMeasure(calibration, spec.governance), calibration)
      : []),
    ...(auc ? estimateRows('performance', aucMeasure(auc, registered.auc, spec.gate.floors.auc), auc) : []),
    ...(metrics
      ? [
          ...estimateRows('data', 'pr_auc', metrics.prAuc),
          ...(['gini', 'logLoss', 'brier', 'ece', 'ks'] as const).map((name) =>
            figure(name, name, metrics[name]),
          ),
        ]
      : []),
    figure('labels', 'rows', rows),
    figure('labels', 'positives', positives),
    figure('labels', 'event_rate', eventRate),
  ];
  const part = 'performance';
  await writeRows(deps, spec.tables.monitoring, { interval, part, model, run, rows: measured }, key);
}

/** The value is the judged one; its interval stands beside it. */
function estimateRows(
  kind: string,
  measure: Measure | string,
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
): MonitoringRow[] {
  const judged = typeof measure === 'string' ? { name: measure, level: null, threshold: null } : measure;
  const { name, level, threshold } = judged;
  return [
    { kind, name, measure: name, value, level, threshold, reason: null },
    figureOf(kind, name, `${name}_low`, low),
    figureOf(kind, name, `${name}_high`, high),
  ];
}

function figure(name: string, measure: string, value: number): MonitoringRow {
  return figureOf('data', name, measure, value);
}

/** JSON and Parquet know no infinity that everybody reads. */
function figureOf(kind: string, name: string, measure: string, value: number): MonitoringRow {
  const known = Number.isFinite(value) ? value : null;
  return { kind, name, measure, value: known, level: null, threshold: null, reason: null };
}

async function readMetrics(registry: Registry, model: string, version: number): Promise<EvaluationReport> {
  const bytes = await registry.artefact(model, version, 'metrics');
  const report = JSON.parse(new TextDecoder().decode(bytes)) as Partial<EvaluationReport>;
  if (report.auc !== undefined) return report as EvaluationReport;
  throw ApplicationFailure.nonRetryable(
    `${model}/${version} was registered without an AUC: nothing can be said of its performance.`,
    'MissingMetric',
    { model, version },
  );
}
