/** Scores every row of a view of features, and leaves the scores in a table of the session. */
import { ApplicationFailure } from '@temporalio/common';
import type { Session } from '../lake/contract.ts';
import { attempt } from '../attempt.ts';
import { type Encoder, encodedColumns, encoderSql } from '../../workflows/domain/encoder.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { type Batch, readBatches } from './batches.ts';
import type { Scorer } from './onnx/scorer.ts';

export interface ScoreView {
  /** The features; a plain view, for it is read on a connection of its own. */
  readonly view: string;
  readonly key: string;
  readonly encoder: Encoder;
  readonly scorer: Scorer;
  /** The table to make: the key, and `score` as FLOAT. */
  readonly into: string;
}

export interface ScoreTotals {
  readonly rows: number;
  readonly scoreMean: number | null;
}

/** @throws ScoresInvalid where a key comes twice, or a score is not a number */
export async function scoreView(
  session: Session,
  { view, key, encoder, scorer, into }: ScoreView,
): Promise<ScoreTotals> {
  const columns = encodedColumns(encoder).length;
  const { select, params } = encoderSql(encoder);
  const [keyColumn, from, table] = [key, view, into].map(quoteIdentifier);
  await session.run(
    `CREATE TABLE ${table} AS SELECT ${keyColumn}, CAST(NULL AS FLOAT) AS score FROM ${from} LIMIT 0`,
  );
  const sql = `SELECT ${keyColumn}, ${select} FROM ${from}`;
  const batches = readBatches(session, { sql, params, leading: 1, columns });
  const scoreBatch = ({ matrix, rows }: Batch) => scorer.score(matrix, rows, columns);
  await pipelined(batches, scoreBatch, async ({ leading, rows }, scores) => {
    if (scores.length !== rows) throw scoresInvalid('The model answers more than one score for a row.');
    await session.append(into, [...leading, Array.from(scores)]);
  });
  return totals(session, keyColumn!, table!);
}

/** While a batch is being scored, the one before it is kept and the one after it is read; each in order. */
async function pipelined(
  batches: AsyncIterable<Batch>,
  score: (batch: Batch) => Promise<Float32Array>,
  keep: (batch: Batch, scores: Float32Array) => Promise<void>,
): Promise<void> {
  let scored = 0;
  let kept = Promise.resolve();
  try {
    for await (const batch of batches) {
      const scores = score(batch);
      // Failures are taken up by the next `await`; until then they must not count as unhandled.
      scores.catch(() => undefined);
      await kept;
      attempt().signal.throwIfAborted();
      scored += batch.rows;
      attempt().progress({ scored });
      kept = scores.then((values) => keep(batch, values));
      kept.catch(() => undefined);
    }
  } finally {
    await kept;
  }
}

async function totals(session: Session, key: string, table: string): Promise<ScoreTotals> {
  const [found] = await session.rows<{ rows: number; keys: number; finite: number; mean: number | null }>(
    `SELECT count(*) AS rows, count(DISTINCT ${key}) AS keys, count(*) FILTER (isfinite(score)) AS finite,
       avg(CAST(score AS DOUBLE)) AS mean FROM ${table}`,
  );
  const { rows, keys, finite, mean } = found!;
  if (keys !== rows) throw scoresInvalid(`${rows} rows have only ${keys} different values of ${key}.`);
  if (finite !== rows) throw scoresInvalid(`${rows - finite} of ${rows} scores are not finite numbers.`);
  return { rows, scoreMean: mean };
}

function scoresInvalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${message} Nothing was written.`, 'ScoresInvalid');
}
