/** Batch scoring: an interval of the features table through a pinned model into the predictions table. */
import { ApplicationFailure } from '@temporalio/common';
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { attempt } from '../attempt.ts';
import type { DuckDB, Lake, Session, Written } from '../lake/contract.ts';
import type { Registry } from '../registry/contract.ts';
import type { PinnedModel, Scored, ScoringActivities } from './contract.ts';
import { withPinned } from './pinned.ts';
import { scoreView } from './score-view.ts';

export interface ScoreDependencies {
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly registry: Registry;
  readonly spec: (project: string) => ProjectSpec;
}

type ScoreInput = Parameters<ScoringActivities['score']>[0];

/**
 * Columns written: the source's key and entity, the interval, `score` (FLOAT), `decision` (`high` from the
 * operating threshold on, else `low`), `model`, `model_version`, `model_digest`. One partition an interval.
 * @throws NothingToScore, DigestMismatch, ScoresInvalid
 */
export async function score(deps: ScoreDependencies, input: ScoreInput): Promise<Scored> {
  const spec = deps.spec(input.project);
  const intervals = await intervalsWithin(deps.lake, input);
  return withPinned(deps.registry, input.model, ({ encoder, scorer }) =>
    deps.duckdb.session(async (session) => {
      const where = { [INTERVAL_COLUMN]: intervals };
      await deps.lake.attach(session, 'features', input.features, { where });
      const { key } = spec.source;
      const totals = await scoreView(session, { view: 'features', key, encoder, scorer, into: 'scores' });
      const predictions = await writePredictions(deps.lake, session, spec, intervals, input);
      const [found] = await session.rows<{ above: number }>(
        'SELECT count(*) AS above FROM scores WHERE score >= $threshold',
        { threshold: spec.operatingThreshold },
      );
      attempt().measure('rows', totals.rows, { project: spec.name, layer: 'predictions' });
      attempt().log('scored', { rows: totals.rows, version: input.model.version });
      return {
        predictions: { table: predictions.table, version: predictions.version },
        ...totals,
        aboveThreshold: found!.above,
        model: input.model,
      };
    }),
  );
}

/** The partitions of the features that begin inside the interval. */
async function intervalsWithin(lake: Lake, { features, interval }: ScoreInput): Promise<string[]> {
  const { files } = await lake.snapshot(features.table, features.version);
  const found = new Set(files.map((file) => file.partition[INTERVAL_COLUMN]));
  const within = [...found].filter(
    (start): start is string => typeof start === 'string' && begins(start, interval),
  );
  if (within.length > 0) return within.toSorted();
  throw ApplicationFailure.nonRetryable(
    `${features.table} has no rows from ${interval.start} to ${interval.end} at version ${features.version}. ` +
      'Run the medallion for that interval first.',
    'NothingToScore',
    { table: features.table, interval },
  );
}

function begins(start: string, interval: Interval): boolean {
  const time = Date.parse(start);
  return time >= Date.parse(interval.start) && time < Date.parse(interval.end);
}

/** A commit for each partition, so that each is replaced whole; nearly always there is one. */
async function writePredictions(
  lake: Lake,
  session: Session,
  spec: ProjectSpec,
  intervals: readonly string[],
  { model, key }: ScoreInput,
): Promise<Written> {
  let written: Written | undefined;
  for (const interval of intervals) {
    written = await lake.write(session, spec.tables.predictions, {
      query: predictionsSql(spec),
      params: { interval, threshold: spec.operatingThreshold, ...modelParams(model) },
      mode: { replace: { [INTERVAL_COLUMN]: interval } },
      partitionBy: [INTERVAL_COLUMN],
      key: intervals.length === 1 ? key : `${key}/${interval}`,
    });
  }
  return written!;
}

function modelParams({ model, version, digest }: PinnedModel) {
  return { model, version, digest };
}

function predictionsSql(spec: ProjectSpec): string {
  const [key, entity, interval] = [spec.source.key, spec.source.entity, INTERVAL_COLUMN].map(quoteIdentifier);
  return `SELECT features.${key}, features.${entity}, features.${interval}, scores.score,
  CASE WHEN scores.score >= $threshold THEN 'high' ELSE 'low' END AS decision,
  $model AS model, CAST($version AS INTEGER) AS model_version, $digest AS model_digest
FROM features JOIN scores USING (${key})
WHERE features.${interval} = $interval`;
}
