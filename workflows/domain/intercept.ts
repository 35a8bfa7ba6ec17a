/** Intercept correction: one number, added to every row's log odds, so that scores add up to what happened. */

const STEPS = 60;
/** Log odds beyond which every score is 0 or 1. */
const FARTHEST = 40;

/**
 * What to add to the log odds of `scores` (strictly between 0 and 1) so that they sum to `positives`: the maximum
 * likelihood estimate of an intercept with the scores as offset. `undefined` where every row or none is positive.
 */
export function interceptShift(scores: ArrayLike<number>, positives: number): number | undefined {
  if (!(positives > 0 && positives < scores.length)) return undefined;
  let [low, high] = [-FARTHEST, FARTHEST];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (sumShifted(scores, middle) < positives) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A probability after its log odds have been moved. */
export function shifted(probability: number, shift: number): number {
  return 1 / (1 + ((1 - probability) / probability) * Math.exp(-shift));
}

function sumShifted(scores: ArrayLike<number>, shift: number): number {
  let sum = 0;
  for (let row = 0; row < scores.length; row += 1) sum += shifted(scores[row] ?? Number.NaN, shift);
  return sum;
}
