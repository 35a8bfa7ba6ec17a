/** What predictions were worth, now that the labels of their interval are known. */
import { ApplicationFailure } from '@temporalio/common';
import { aucEstimate } from '../../workflows/domain/delong.ts';
import type { Estimate } from '../../workflows/domain/evaluation.ts';
import { binaryMetrics } from '../../workflows/domain/metrics.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import { labelledScores } from '../../workflows/domain/labelled-scores.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { DuckDB, Lake, Session } from '../lake/contract.ts';
import type { Registry } from '../registry/contract.ts';
import type { PinnedModel } from '../scoring/contract.ts';
import type { EvaluationActivities, MonthlyPerformance } from './contract.ts';
import { attachExamples, recordSeen } from './examples.ts';
import { statement } from './sql-text.ts';

export interface PerformanceDependencies {
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly registry: Registry;
}

interface Outcomes {
  readonly scores: number[];
  readonly labels: number[];
  readonly unseen: boolean[];
  /** Numbers of those whom the rows are about. */
  readonly clusters: number[];
}

/** @throws SeveralModels where the interval was not scored by one */
export async function performance(
  { lake, duckdb, registry }: PerformanceDependencies,
  spec: ProjectSpec,
  { interval, predictions: given, asOf }: Parameters<EvaluationActivities['performance']>[0],
): Promise<MonthlyPerformance | undefined> {
  const labels = await newestOf(lake, spec.tables.labels);
  const predictions = given ?? (await newestOf(lake, spec.tables.predictions));
  if (!labels || !predictions) return undefined;
  return duckdb.session(async (session) => {
    if (!(await attachInterval(session, lake, interval, { predictions, labels }))) return undefined;
    const [state] = await session.rows<{ matured: boolean }>(statement('matured'), { as_of: asOf });
    const model = state?.matured ? await scoredBy(session, interval) : undefined;
    if (!model) return undefined;
    const { dataset } = await registry.version(model.model, model.version);
    const boundary = await attachExamples(session, lake, spec, dataset, 'examples');
    await session.run('CREATE TABLE seen AS SELECT entity FROM examples LIMIT 0');
    await recordSeen(session, 'examples', dataset, boundary(dataset.trainedUntil));
    return summarise(interval, model, await readOutcomes(session, spec), spec.operatingThreshold);
  });
}

/** `undefined` where there is no such table yet. */
async function newestOf(lake: Lake, table: string): Promise<TableRef | undefined> {
  if (!(await lake.exists(table))) return undefined;
  return { table, version: (await lake.snapshot(table)).version };
}

/** Views `predictions` and `labels` of the interval alone. False where either has no such partition. */
async function attachInterval(
  session: Session,
  lake: Lake,
  interval: Interval,
  tables: { readonly predictions: TableRef; readonly labels: TableRef },
): Promise<boolean> {
  for (const [view, ref] of Object.entries(tables)) {
    const { files } = await lake.snapshot(ref.table, ref.version);
    const partitions = files.flatMap(({ partition }) => partition[INTERVAL_COLUMN] ?? []);
    const within = [...new Set(partitions)].filter((start) => begins(start, interval));
    if (within.length === 0) return false;
    await lake.attach(session, view, ref, { where: { [INTERVAL_COLUMN]: within } });
  }
  return true;
}

function begins(start: string, interval: Interval): boolean {
  const time = Date.parse(start);
  return time >= Date.parse(interval.start) && time < Date.parse(interval.end);
}

async function scoredBy(session: Session, { start, end }: Interval): Promise<PinnedModel | undefined> {
  const models = await session.rows<PinnedModel>(statement('scored-by'));
  if (models.length <= 1) return models[0];
  const names = models.map(({ model, version }) => `${model}/${version}`).toSorted();
  throw ApplicationFailure.nonRetryable(
    `The predictions from ${start} to ${end} come from several models (${names.join(', ')}): ask for the part of the interval that one of them scored.`,
    'SeveralModels',
    { models: names },
  );
}

async function readOutcomes(session: Session, { source, label }: ProjectSpec): Promise<Outcomes> {
  const [key, entity, period, outcome] = [source.key, source.entity, INTERVAL_COLUMN, label.column].map(
    quoteIdentifier,
  );
  const outcomes: Outcomes = { scores: [], labels: [], unseen: [], clusters: [] };
  const sql = `SELECT
      predictions.score,
      labels.${outcome},
      NOT EXISTS (FROM seen WHERE seen.entity = predictions.${entity}),
      CAST(dense_rank() OVER (ORDER BY predictions.${entity}) - 1 AS INTEGER)
    FROM predictions
    JOIN labels ON labels.${key} = predictions.${key} AND labels.${period} = predictions.${period}
    ORDER BY predictions.${key}`;
  for await (const [scores = [], labels = [], unseen = [], clusters = []] of session.chunks(sql)) {
    for (const score of scores) outcomes.scores.push(typeof score === 'number' ? score : Number.NaN);
    for (const value of labels) outcomes.labels.push(typeof value === 'number' ? value : Number.NaN);
    for (const cluster of clusters) outcomes.clusters.push(Number(cluster));
    for (const flag of unseen) outcomes.unseen.push(flag === true);
  }
  return outcomes;
}

function summarise(
  interval: Interval,
  model: PinnedModel,
  { scores, labels, unseen, clusters }: Outcomes,
  threshold: number,
): MonthlyPerformance | undefined {
  const rows = scores.length;
  if (rows === 0) return undefined;
  const positives = sum(labels);
  const sample = labelledScores(scores, labels, clusters);
  const auc = aucOf(scores, labels, clusters);
  const ofUnseen = (values: readonly number[]): number[] => values.filter((_, row) => unseen[row]);
  const aucUnseen = aucOf(ofUnseen(scores), ofUnseen(labels), ofUnseen(clusters));
  return {
    interval,
    model,
    rows,
    positives,
    ...(auc && { auc }),
    ...(aucUnseen && { aucUnseen }),
    scoreMean: sum(scores) / rows,
    eventRate: positives / rows,
    ...(sample.defined && { metrics: binaryMetrics(sample.value, threshold) }),
  };
}

function aucOf(...rows: Parameters<typeof labelledScores>): Estimate | undefined {
  const sample = labelledScores(...rows);
  return sample.defined ? aucEstimate(sample.value) : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
