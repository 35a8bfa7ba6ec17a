/** Freezes what a model version will be held against: inputs of a recent interval, scores of held-out rows. */
import type { Encoder } from '../../workflows/domain/encoder.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { MaturedInterval } from '../../workflows/domain/judging-slice.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import { readArtefact, writeArtefact } from '../artefact.ts';
import type { DuckDB, Lake, Session } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Dataset } from '../training/contract.ts';
import type { ModelBaseline, MonitoringActivities } from './contract.ts';
import { createCountedView, featureColumns, SCORE, type CountingPort } from './counted-views.ts';

/** What scoring provides. */
interface ScoringPort {
  open(onnx: Uint8Array): Promise<{
    score(matrix: Float32Array, rows: number, columns: number): Promise<Float32Array>;
    close(): Promise<void>;
  }>;
  scoreView(
    session: Session,
    view: {
      readonly view: string;
      readonly key: string;
      readonly encoder: Encoder;
      readonly scorer: Awaited<ReturnType<ScoringPort['open']>>;
      readonly into: string;
    },
  ): Promise<unknown>;
}

export interface BaselineDependencies {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly counting: CountingPort;
  readonly scoring: ScoringPort;
}

export async function freezeModelBaseline(
  deps: BaselineDependencies,
  spec: ProjectSpec,
  { dataset, converted }: Parameters<MonitoringActivities['baseline']>[0],
): Promise<ArtefactRef> {
  const onnx = await readArtefact(deps.store, converted.onnx);
  const encoder = JSON.parse(
    new TextDecoder().decode(await readArtefact(deps.store, dataset.encoder)),
  ) as Encoder;
  const intervals = referenceIntervals(dataset, spec.monitoring.baselineRows.min);
  const baseline = await deps.duckdb.session(async (session): Promise<ModelBaseline> => {
    await deps.lake.attach(session, 'features', dataset.snapshot.features);
    const features = await freezeFeatures(deps, session, spec, intervals);
    const training = await freezeTraining(deps, session, spec, dataset);
    const eventRate = await createHeldOut(deps.lake, session, spec, dataset);
    const score = await freezeScore(deps, session, spec, { onnx, encoder });
    return { format: 'assay-model-baseline-1', intervals, features, score, eventRate, training };
  });
  const bytes = new TextEncoder().encode(`${JSON.stringify(baseline)}\n`);
  return writeArtefact(deps.store, `training/${dataset.digest}/baseline`, 'json', bytes);
}

/**
 * The newest interval trained on that has enough rows, alone: against older ones alarms would never end, for
 * the old mixture stays in the reference. All of them where none is large enough.
 */
export function referenceIntervals(
  {
    snapshot,
    trainedUntil,
  }: Pick<Dataset, 'trainedUntil'> & {
    readonly snapshot: { readonly matured: readonly MaturedInterval[] };
  },
  minRows: number,
): string[] {
  const trainedOn = snapshot.matured.filter(({ start }) => start <= trainedUntil.interval);
  const newest = trainedOn.findLast(({ rows }) => rows >= minRows);
  return newest ? [newest.start] : trainedOn.map(({ start }) => start);
}

/** The newest rows of the intervals, in the order of time. */
async function freezeFeatures(
  { counting }: BaselineDependencies,
  session: Session,
  spec: ProjectSpec,
  intervals: readonly string[],
): Promise<ModelBaseline['features']> {
  const columns = featureColumns(spec.features);
  const [key, period] = [spec.source.key, INTERVAL_COLUMN].map(quoteIdentifier);
  await session.run(
    `CREATE TABLE newest AS
     FROM features
     WHERE ${period} IN (SELECT unnest(from_json($intervals, '["VARCHAR"]')))
     QUALIFY row_number() OVER (ORDER BY ${period} DESC, ${key} DESC) <= $max`,
    { intervals: JSON.stringify(intervals), max: spec.monitoring.baselineRows.max },
  );
  await createCountedView(session, 'reference', columns, 'newest');
  return counting.freezeBaseline(session, 'reference', columns, { policy: spec.monitoring.drift });
}

/** Of all rows up to the last one that was learnt from. */
async function freezeTraining(
  { counting }: BaselineDependencies,
  session: Session,
  spec: ProjectSpec,
  { snapshot, trainedUntil }: Dataset,
): Promise<NonNullable<ModelBaseline['training']>> {
  const intervals = snapshot.intervals.filter((start) => start <= trainedUntil.interval);
  const [key, period] = [spec.source.key, INTERVAL_COLUMN].map(quoteIdentifier);
  await session.run(
    `CREATE TABLE learnt_from AS
     FROM features
     WHERE ${period} IN (SELECT unnest(from_json($intervals, '["VARCHAR"]')))
       AND (${period} < $until_interval
         OR ${key} <= (
           SELECT ${key} FROM features
           WHERE ${period} = $until_interval AND CAST(${key} AS VARCHAR) = $until_key
         ))`,
    {
      intervals: JSON.stringify(intervals),
      until_interval: trainedUntil.interval,
      until_key: trainedUntil.key,
    },
  );
  const columns = featureColumns(spec.features);
  await createCountedView(session, 'training', columns, 'learnt_from');
  const policy = spec.monitoring.drift;
  return { intervals, features: await counting.freezeBaseline(session, 'training', columns, { policy }) };
}

/** The table `held_out`: features of the rows after the last one trained on. Answers with their event rate. */
async function createHeldOut(
  lake: Lake,
  session: Session,
  spec: ProjectSpec,
  { snapshot, trainedUntil }: Dataset,
): Promise<number> {
  await lake.attach(session, 'labels', snapshot.labels);
  const [key, period, label] = [spec.source.key, INTERVAL_COLUMN, spec.label.column].map(quoteIdentifier);
  await session.run(
    `CREATE TABLE held_out AS
     SELECT features.*, labels.${label} AS held_out_label
     FROM features
     JOIN labels ON features.${key} = labels.${key} AND features.${period} = labels.${period}
     WHERE features.${period} IN (SELECT unnest(from_json($intervals, '["VARCHAR"]')))
       AND (features.${period} > $until_interval
         OR (features.${period} = $until_interval
           AND features.${key} > (
             SELECT ${key} FROM features
             WHERE ${period} = $until_interval AND CAST(${key} AS VARCHAR) = $until_key
           )))`,
    {
      intervals: JSON.stringify(snapshot.intervals),
      until_interval: trainedUntil.interval,
      until_key: trainedUntil.key,
    },
  );
  const [found] = await session.rows<{ rate: number | null }>(
    'SELECT avg(held_out_label) AS rate FROM held_out',
  );
  return found?.rate ?? Number.NaN;
}

async function freezeScore(
  { counting, scoring }: BaselineDependencies,
  session: Session,
  spec: ProjectSpec,
  { onnx, encoder }: { readonly onnx: Uint8Array; readonly encoder: Encoder },
): Promise<ModelBaseline['score']> {
  const scorer = await scoring.open(onnx);
  try {
    const { key } = spec.source;
    await scoring.scoreView(session, { view: 'held_out', key, encoder, scorer, into: 'held_out_scores' });
  } finally {
    await scorer.close();
  }
  await createCountedView(session, 'reference_scores', SCORE, 'held_out_scores');
  return counting.freezeBaseline(session, 'reference_scores', SCORE, { policy: spec.monitoring.drift });
}
