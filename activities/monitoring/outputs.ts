/** What a model said of an interval: its scores as a whole, and how far they can be trusted without labels. */
import { estimateAuc } from '../../workflows/domain/estimated-auc.ts';
import type { Estimate } from '../../workflows/domain/evaluation.ts';
import type { Session } from '../lake/contract.ts';

export interface Outputs {
  readonly rows: number;
  readonly scoreMean: number | null;
  /** Share of rows at or above the operating threshold. */
  readonly aboveThreshold: number | null;
  readonly missing: number;
  readonly outsideUnitInterval: number;
  /** What the AUC would be if the scores were true probabilities, and where it falls in 95 of 100 such intervals. */
  readonly estimatedAuc: Estimate | null;
}

/** @param view with the column `score` */
export async function readOutputs(session: Session, view: 'scored', threshold: number): Promise<Outputs> {
  const [found] = await session.rows<Omit<Outputs, 'estimatedAuc'>>(
    `SELECT
       count(*) AS rows,
       avg(score) AS "scoreMean",
       avg(CAST(score >= $threshold AS INTEGER)) AS "aboveThreshold",
       count(*) FILTER (score IS NULL) AS missing,
       count(*) FILTER (score < 0 OR score > 1) AS "outsideUnitInterval"
     FROM ${view}`,
    { threshold },
  );
  const scores: number[] = [];
  for await (const [column = []] of session.chunks(`SELECT score FROM ${view} WHERE score BETWEEN 0 AND 1`)) {
    for (const score of column) scores.push(Number(score));
  }
  return { ...found!, estimatedAuc: estimateAuc(scores) };
}
