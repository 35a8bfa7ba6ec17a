/** How far scores can be read as probabilities. */
import type { ScoreGroups } from './labelled-scores.ts';

const BINS = 10;

/** Scores of exactly 0 and 1 are moved inwards by this before the logarithm, as scikit-learn does. */
const SMALLEST = Number.EPSILON;

/** Mean squared distance between score and label (Brier 1950). */
export function brierScore(groups: ScoreGroups): number {
  return meanOver(
    groups,
    (score, positives, negatives) => positives * (1 - score) ** 2 + negatives * score ** 2,
  );
}

/** Mean negative log likelihood, natural logarithm. */
export function logLoss(groups: ScoreGroups): number {
  return meanOver(groups, (score, positives, negatives) => {
    const inside = Math.min(1 - SMALLEST, Math.max(SMALLEST, score));
    return -(positives * Math.log(inside) + negatives * Math.log1p(-inside));
  });
}

/** Mean score over event rate: 1 is calibrated in the large. */
export function calibrationRatio(groups: ScoreGroups): number {
  const scores = meanOver(groups, (score, positives, negatives) => score * (positives + negatives));
  return scores / meanOver(groups, (_score, positives) => positives);
}

/**
 * Expected calibration error over ten bins of equal row counts: |mean score − event rate| weighted
 * by rows. Rows with one score stay together, in the bin where the middle of them falls.
 */
export function expectedCalibrationError(groups: ScoreGroups): number {
  const rows = rowsOf(groups);
  const gaps = new Float64Array(BINS);
  let before = 0;
  for (let index = 0; index < groups.scores.length; index += 1) {
    const positives = groups.positives[index] ?? 0;
    const size = positives + (groups.negatives[index] ?? 0);
    const bin = Math.floor((BINS * (before + size / 2)) / rows);
    gaps[bin] = (gaps[bin] ?? 0) + size * (groups.scores[index] ?? 0) - positives;
    before += size;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / rows;
}

function meanOver(
  groups: ScoreGroups,
  loss: (score: number, positives: number, negatives: number) => number,
): number {
  let sum = 0;
  for (let index = 0; index < groups.scores.length; index += 1) {
    sum += loss(groups.scores[index] ?? 0, groups.positives[index] ?? 0, groups.negatives[index] ?? 0);
  }
  return sum / rowsOf(groups);
}

function rowsOf(groups: ScoreGroups): number {
  let rows = 0;
  for (let index = 0; index < groups.scores.length; index += 1) {
    rows += (groups.positives[index] ?? 0) + (groups.negatives[index] ?? 0);
  }
  return rows;
}
