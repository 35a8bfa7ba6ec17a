/** Challenger and champion on the rows that are newer than anything either was trained on. */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { compareModels, type ScoredRows } from '../../workflows/domain/comparison.ts';
import { modelFigures } from '../../workflows/domain/curves.ts';
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { labelledScores } from '../../workflows/domain/labelled-scores.ts';
import { INTERVAL_COLUMN, type ProjectSpec } from '../../workflows/domain/project.ts';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import { writeArtefact } from '../artefact.ts';
import { attempt } from '../attempt.ts';
import type { DuckDB, Lake, Session } from '../lake/contract.ts';
import type { Registry } from '../registry/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { EvaluationActivities } from './contract.ts';
import { attachExamples, newestOf, recordSeen, type Boundary } from './examples.ts';
import { latencyOf } from './latency.ts';
import { loadChallenger, loadChampion, type JudgedModel, type ScoringPort } from './model.ts';
import { readScored } from './scored-rows.ts';
import { statement } from './sql-text.ts';

export interface EvaluateDependencies {
  readonly store: ObjectStore;
  readonly lake: Lake;
  readonly duckdb: DuckDB;
  readonly registry: Registry;
  readonly scoring: ScoringPort;
}

interface Judged {
  readonly challenger: JudgedModel;
  readonly champion?: JudgedModel;
}

/** @throws UndefinedMetric where the slice is too small or of one class, DigestMismatch */
export async function evaluate(
  deps: EvaluateDependencies,
  spec: ProjectSpec,
  input: Parameters<EvaluationActivities['evaluate']>[0],
): Promise<{ report: EvaluationReport; artefact: ArtefactRef }> {
  const models: Judged = {
    challenger: await loadChallenger(deps.store, input.challenger, input.dataset),
    ...(input.champion && { champion: await loadChampion(deps.registry, input.champion) }),
  };
  const report = await deps.duckdb.session(async (session) => {
    await makeSlice(session, deps.lake, spec, models);
    await scoreSlice(session, deps.scoring, 'challenger', models.challenger);
    if (models.champion) await scoreSlice(session, deps.scoring, 'champion', models.champion);
    const scored = await readScored(session, spec.slices, models.champion !== undefined);
    return reportOf(scored, spec, models, await latencyOf(session, deps.scoring, models.challenger));
  });
  attempt().log('evaluated', { rows: report.rows, positives: report.positives, auc: report.auc.value });
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const folder = `training/${input.dataset.digest}/metrics`;
  return {
    report,
    artefact: await writeArtefact(deps.store, folder, 'json', new TextEncoder().encode(text)),
  };
}

/** Makes the table `slice`, the view `slice_features` with all its features, and `seen`. */
async function makeSlice(
  session: Session,
  lake: Lake,
  spec: ProjectSpec,
  { challenger, champion }: Judged,
): Promise<void> {
  const boundary = await attachExamples(session, lake, spec, challenger.dataset, 'examples');
  const until = boundary(challenger.dataset.trainedUntil);
  await session.run('CREATE TABLE seen AS SELECT entity FROM examples LIMIT 0');
  await recordSeen(session, 'examples', challenger.dataset, until);
  const boundaries: Boundary[] = [until];
  if (champion) {
    const place = await attachExamples(session, lake, spec, champion.dataset, 'champion_examples');
    const championUntil = place(champion.dataset.trainedUntil);
    await recordSeen(session, 'champion_examples', champion.dataset, championUntil);
    boundaries.push(championUntil);
  }
  const { interval, key } = newestOf(boundaries);
  await session.run(statement('slice'), {
    intervals: JSON.stringify(challenger.dataset.snapshot.intervals),
    after_interval: interval,
    after_key: key,
  });
  const [rowKey, period] = [quoteIdentifier(spec.source.key), quoteIdentifier(INTERVAL_COLUMN)];
  await session.run(
    `CREATE VIEW slice_features AS
     SELECT slice.place, features.*
     FROM slice
     JOIN examples_features AS features
       ON features.${rowKey} = slice.row_key AND features.${period} = slice.period`,
  );
}

async function scoreSlice(
  session: Session,
  scoring: ScoringPort,
  name: 'challenger' | 'champion',
  { onnx, encoder }: JudgedModel,
): Promise<void> {
  const scorer = await scoring.open(onnx);
  try {
    await scoring.scoreView(session, { view: 'slice_features', key: 'place', encoder, scorer, into: name });
  } finally {
    await scorer.close();
  }
}

function reportOf(
  scored: ScoredRows & { readonly keys: readonly string[] },
  spec: ProjectSpec,
  { challenger, champion }: Judged,
  latencyMs: number,
): EvaluationReport {
  const comparison = compareModels(scored, spec.operatingThreshold);
  if (!comparison.defined) throw undefinedMetric(comparison.reason);
  const { challenger: figures, ...others } = comparison.value;
  return {
    ...figures,
    ...others,
    ...(scored.champion && championFigures(scored, scored.champion, spec.operatingThreshold)),
    sliceDigest: digestOfScored(scored, scored.challenger),
    challengerDigest: challenger.digest,
    ...(champion && { championDigest: champion.digest }),
    ...(scored.champion && { championSliceDigest: digestOfScored(scored, scored.champion) }),
    latencyMs,
  };
}

function championFigures(
  { labels }: ScoredRows,
  scores: ArrayLike<number>,
  threshold: number,
): Pick<EvaluationReport, 'championFigures'> {
  const sample = labelledScores(scores, labels);
  return sample.defined ? { championFigures: modelFigures(sample.value, threshold) } : {};
}

/** Of keys and labels, in order, of the rows that a model has scored. */
function digestOfScored(
  { keys, labels }: ScoredRows & { readonly keys: readonly string[] },
  scores: ArrayLike<number>,
): string {
  const hash = createHash('sha256');
  keys.forEach((key, row) => {
    if (!Number.isNaN(scores[row])) hash.update(`${key}\t${labels[row]}\n`);
  });
  return hash.digest('hex');
}

function undefinedMetric(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The rows newer than anything trained on cannot be judged: ${reason}. Evaluate when more labels are known.`,
    'UndefinedMetric',
    { reason },
  );
}
