/** What a model's AUC would be if its scores were true probabilities: all that can be said before labels come. */

/**
 * Every row counts as positive with its score and as negative with the rest (confidence-based estimation as
 * NannyML's CBPE has it); ties count half. It knows nothing of a change in what the inputs mean.
 * @param scores from 0 to 1
 * @returns `null` where no row can be positive, or none negative
 */
export function estimateAuc(scores: readonly number[]): number | null {
  const sorted = Float64Array.from(scores).sort();
  let [positives, negatives, won] = [0, 0, 0];
  for (let at = 0; at < sorted.length;) {
    const score = sorted[at] ?? 0;
    let end = at;
    while (end < sorted.length && sorted[end] === score) end += 1;
    const rows = end - at;
    won += rows * score * (negatives + (rows * (1 - score)) / 2);
    positives += rows * score;
    negatives += rows * (1 - score);
    at = end;
  }
  const pairs = positives * negatives;
  return pairs > 0 ? won / pairs : null;
}
