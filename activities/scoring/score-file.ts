/** Ad-hoc scoring: an uploaded file in the source's schema, through the pipeline's SQL and a pinned model. */
import { join } from 'node:path';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { Session } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { ScoredFile, ScoringActivities } from './contract.ts';
import { deriveFeatures } from './derive-features.ts';
import { withPinned } from './pinned.ts';
import type { ScoreDependencies } from './score.ts';
import { scoreView } from './score-view.ts';
import { readUpload } from './upload.ts';

type ScoreFileInput = Parameters<ScoringActivities['scoreFile']>[0];

/**
 * `file` and `output` are keys of the store; the output is CSV or Parquet, by its name. A row for each row
 * of the upload, in its order: key, entity, `score`, `decision`, `model`, `model_version`. Rows that the
 * project's rules leave out have no score and the decision `not scored`.
 * @throws InvalidUpload, UnreadableFile, DigestMismatch, ScoresInvalid
 */
export async function scoreFile(
  deps: ScoreDependencies & { readonly store: ObjectStore },
  input: ScoreFileInput,
): Promise<ScoredFile> {
  const spec = deps.spec(input.project);
  const file = await deps.store.stage(input.file);
  return withPinned(deps.registry, input.model, ({ encoder, scorer }) =>
    deps.duckdb.session(async (session) => {
      await readUpload(session, spec.source, input.file, file);
      await deriveFeatures(session, deps.lake, spec);
      const { key } = spec.source;
      const totals = await scoreView(session, { view: 'features', key, encoder, scorer, into: 'scores' });
      const result = await writeResult(session, spec, input);
      await deps.store.upload(input.output, result);
      return { ...totals, notScored: await countNotScored(session, totals.rows), output: input.output };
    }),
  );
}

async function writeResult(session: Session, spec: ProjectSpec, input: ScoreFileInput): Promise<string> {
  const out = join(session.scratch, 'scores');
  const format = /\.parquet$/i.test(input.output) ? 'FORMAT parquet' : 'FORMAT csv, HEADER';
  const [key, entity] = [spec.source.key, spec.source.entity].map(quoteIdentifier);
  await session.run(
    `COPY (
       SELECT upload.${key}, upload.${entity}, score,
         CASE WHEN score IS NULL THEN 'not scored' WHEN score >= $threshold THEN 'high' ELSE 'low' END AS decision,
         $model AS model, CAST($version AS INTEGER) AS model_version
       FROM upload LEFT JOIN scores ON CAST(scores.${key} AS VARCHAR) = trim(upload.${key})
       ORDER BY upload._row
     ) TO $out (${format})`,
    { out, threshold: spec.operatingThreshold, model: input.model.model, version: input.model.version },
  );
  return out;
}

async function countNotScored(session: Session, scored: number): Promise<number> {
  const [found] = await session.rows<{ rows: number }>('SELECT count(*) AS rows FROM upload');
  return found!.rows - scored;
}
