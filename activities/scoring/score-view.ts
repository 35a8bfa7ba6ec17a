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
  await inPairs(batches, async ({ leading, matrix, rows }) => {
    const scores = await scorer.score(matrix, rows, columns);
    if (scores.length !== rows) throw scoresInvalid('The model answers more than one score for a row.');
    await session.append(into, [...leading, Array.from(scores)]);
  });
  return totals(session, keyColumn!, table!);
}

/** One batch is worked on while the next is being read; one after the other, in order. */
async function inPairs(batches: AsyncIterable<Batch>, work: (batch: Batch) => Promise<void>): Promise<void> {
  let scored = 0;
  let underWay = Promise.resolve();
  try {
    for await (const batch of batches) {
      await underWay;
      attempt().signal.throwIfAborted();
      scored += batch.rows;
      attempt().progress({ scored });
      underWay = work(batch);
      // Its failure is taken up by the next `await`; until then it must not count as unhandled.
      underWay.catch(() => undefined);
    }
  } finally {
    await underWay;
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
