/**
 * Where prevalence has moved, a model of all that is known scores the newest patients too high or too low. A project
 * may declare that its intercept is fitted to the newest interval that was learnt from, never to the rows it is judged
 * on; no patient of these is among them, so that calibration is judged on others than it was fitted to.
 */
import { join } from 'node:path/posix';
import { interceptShift, shifted } from '../../workflows/domain/intercept.ts';
import { readArtefact, writeArtefact } from '../artefact.ts';
import { attempt } from '../attempt.ts';
import type { DuckDB } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Candidate, Dataset } from './contract.ts';
import { readBaseScore, withBaseScore } from './xgboost/base-score.ts';

export interface InterceptDependencies {
  readonly store: ObjectStore;
  readonly duckdb: DuckDB;
  /** The trainer's own predictions of a saved model; rows × columns, row-major. */
  readonly predict?: (model: Uint8Array, values: Float32Array, rows: number, columns: number) => Float32Array;
}

/** Enough to know an event rate to a third of a point. */
const MOST_ROWS = 50_000;

/** The candidate as it came where the dataset has no rows for it. Changes `base_score` alone. @throws InvalidModel */
export async function correctIntercept(
  { store, duckdb, predict }: InterceptDependencies,
  { candidate, dataset }: { readonly candidate: Candidate; readonly dataset: Dataset },
): Promise<Candidate> {
  const { newest } = dataset;
  if (newest === undefined || predict === undefined) return candidate;
  const { labels, values, columns } = await readNewest({ store, duckdb }, newest.prefix);
  const file = await readArtefact(store, candidate.model);
  const scores = predict(file, values, labels.length, columns);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const shift = interceptShift(scores, positives);
  if (shift === undefined) return candidate;
  const corrected = withBaseScore(file, shifted(readBaseScore(file), shift));
  const before = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  attempt().log('intercept corrected', { shift, rows: labels.length, before });
  return {
    ...candidate,
    model: await writeArtefact(store, `training/${dataset.digest}/models`, 'ubj', corrected),
    intercept: { shift, interval: newest.interval, rows: labels.length, positives, meanScoreBefore: before },
  };
}

async function readNewest(
  { store, duckdb }: Pick<InterceptDependencies, 'store' | 'duckdb'>,
  prefix: string,
): Promise<{ labels: number[]; values: Float32Array; columns: number }> {
  const path = await store.stage(join(prefix, 'part-0.parquet'));
  const labels: number[] = [];
  const parts: Float32Array[] = [];
  await duckdb.session(async (session) => {
    const sql = 'SELECT * FROM read_parquet($path) LIMIT $most';
    for await (const { leading, matrix } of session.matrices(sql, 1, { path, most: MOST_ROWS })) {
      for (const label of leading[0] ?? []) labels.push(Number(label));
      parts.push(matrix);
    }
  });
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { labels, values, columns: values.length / Math.max(1, labels.length) };
}
