/** What a model's AUC would be if its scores were true probabilities: all that can be said before labels come. */
import type { Estimate } from './evaluation.ts';
import { TWO_SIDED_95 } from './normal.ts';

/** Rows that have one score, in ascending order of it. */
interface Tie {
  readonly score: number;
  readonly rows: number;
  /** Expected positives and negatives with lower scores. */
  readonly positivesBelow: number;
  readonly negativesBelow: number;
}

/**
 * Every row counts as positive with its score and as negative with the rest (confidence-based estimation as
 * NannyML's CBPE has it); ties count half. The interval is where the AUC falls in 95 of 100 draws of labels with
 * these probabilities, by linearising the AUC in them. It knows nothing of a change in what the inputs mean.
 * @param scores from 0 to 1
 * @returns `null` where no row can be positive, or none negative
 */
export function estimateAuc(scores: ArrayLike<number>): Estimate | null {
  const ties = tiesOf(Float64Array.from(scores).sort());
  const sum = (of: (tie: Tie) => number): number => ties.reduce((total, tie) => total + of(tie), 0);
  const positives = sum(({ rows, score }) => rows * score);
  const negatives = sum(({ rows, score }) => rows * (1 - score));
  if (!(positives * negatives > 0)) return null;
  const negativesWon = ({ score, rows, negativesBelow }: Tie): number =>
    negativesBelow + (rows * (1 - score)) / 2;
  const value = sum((tie) => tie.rows * tie.score * negativesWon(tie)) / (positives * negatives);
  // What one more label does: as a positive it wins over negatives below, as a negative it is beaten from above.
  const variance = sum((tie) => {
    const { score, rows, positivesBelow } = tie;
    const above = positives - positivesBelow - (rows * score) / 2;
    const influence =
      (negativesWon(tie) / negatives - value) / positives - (above / positives - value) / negatives;
    return rows * score * (1 - score) * influence * influence;
  });
  const margin = TWO_SIDED_95 * Math.sqrt(variance);
  return { value, low: Math.max(0, value - margin), high: Math.min(1, value + margin) };
}

/** @param sorted ascending */
function tiesOf(sorted: Float64Array): Tie[] {
  const ties: Tie[] = [];
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let at = 0; at < sorted.length;) {
    const score = sorted[at] ?? 0;
    let end = at;
    while (end < sorted.length && sorted[end] === score) end += 1;
    const rows = end - at;
    ties.push({ score, rows, positivesBelow, negativesBelow });
    positivesBelow += rows * score;
    negativesBelow += rows * (1 - score);
    at = end;
  }
  return ties;
}
