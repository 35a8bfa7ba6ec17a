/**
 * ROC-AUC with its interval, and the difference of two on the same rows, after DeLong, DeLong and
 * Clarke-Pearson, Biometrics 44 (1988), pp. 837–845. In O(n log n): placements by binary search.
 * Where rows of one entity belong together, with the variance for clusters of Obuchowski (1997).
 */
import { clusteredVariance } from './clustered-variance.ts';
import type { Estimate, PairedDifference } from './evaluation.ts';
import { undefinedFor, type LabelledScores, type Maybe } from './labelled-scores.ts';
import { normalCdf, TWO_SIDED_95 } from './normal.ts';

/** Differences and standard errors below this are rounding, not findings. */
const ROUND_OFF = 1e-9;

/** Structural components: how each row of one class stands among the rows of the other. */
interface Placements {
  /** For each positive the share of negatives below it, ties counting one half. */
  readonly positives: Float64Array;
  /** For each negative the share of positives above it, likewise. */
  readonly negatives: Float64Array;
}

/** Area under the ROC curve with DeLong's two-sided 95 % interval, cut to [0, 1]. */
export function aucEstimate(sample: LabelledScores): Estimate {
  const placements = place(sample);
  const value = mean(placements.positives);
  const margin = TWO_SIDED_95 * standardErrorOf(placements, sample);
  return { value, low: Math.max(0, value - margin), high: Math.min(1, value + margin) };
}

/**
 * Challenger minus champion, both on the same rows in the same order: two-sided 95 % interval,
 * two-sided p-value of no difference. Undefined where the variance is nought and the difference is not.
 */
export function pairedAucDifference(
  challenger: LabelledScores,
  champion: LabelledScores,
): Maybe<PairedDifference> {
  return meanAucDifference(challenger, [champion]);
}

/**
 * The same against the mean AUC of several scorings of these rows: a mean of U-statistics is one, and its
 * structural components are the means of theirs.
 */
export function meanAucDifference(
  one: LabelledScores,
  others: readonly LabelledScores[],
): Maybe<PairedDifference> {
  const matches = (other: LabelledScores): boolean =>
    one.positives.length === other.positives.length && one.negatives.length === other.negatives.length;
  if (others.length === 0 || !others.every(matches)) {
    return undefinedFor('the two models were not scored on the same rows');
  }
  const ours = place(one);
  const theirs = meanOf(others.map(place));
  const apart = { positives: minus(ours, theirs, 'positives'), negatives: minus(ours, theirs, 'negatives') };
  const method = one.clusters ? 'paired DeLong, clustered (Obuchowski 1997)' : 'paired DeLong';
  return difference(mean(apart.positives), standardErrorOf(apart, one), method);
}

function meanOf(all: readonly Placements[]): Placements {
  const side = (name: keyof Placements): Float64Array =>
    Float64Array.from(
      all[0]?.[name] ?? [],
      (_, row) =>
        all.reduce((sum, placements) => sum + (placements[name][row] ?? Number.NaN), 0) / all.length,
    );
  return { positives: side('positives'), negatives: side('negatives') };
}

function minus(ours: Placements, theirs: Placements, side: keyof Placements): Float64Array {
  return ours[side].map((placement, index) => placement - (theirs[side][index] ?? Number.NaN));
}

function difference(value: number, standardError: number, method: string): Maybe<PairedDifference> {
  const still = standardError < ROUND_OFF;
  if (still && Math.abs(value) >= ROUND_OFF) {
    return undefinedFor('the difference has no variance on these rows, so nothing bounds it');
  }
  const z = still ? 0 : value / standardError;
  return {
    defined: true,
    value: {
      value,
      low: value - TWO_SIDED_95 * standardError,
      high: value + TWO_SIDED_95 * standardError,
      standardError,
      z,
      pValue: 2 * normalCdf(-Math.abs(z)),
      method,
    },
  };
}

function place(sample: LabelledScores): Placements {
  const positives = sample.positives.toSorted();
  const negatives = sample.negatives.toSorted();
  return {
    positives: sample.positives.map((score) => shareBelow(negatives, score)),
    negatives: sample.negatives.map((score) => 1 - shareBelow(positives, score)),
  };
}

function shareBelow(sorted: Float64Array, score: number): number {
  const below = firstAtOrAbove(sorted, score);
  const tied = sorted[below] === score;
  return (tied ? below + firstAbove(sorted, score, below) : 2 * below) / 2 / sorted.length;
}

function firstAtOrAbove(sorted: Float64Array, score: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) >= score) high = middle;
    else low = middle + 1;
  }
  return low;
}

function firstAbove(sorted: Float64Array, score: number, from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) > score) high = middle;
    else low = middle + 1;
  }
  return low;
}

function standardErrorOf(placements: Placements, { clusters }: LabelledScores): number {
  const deviations = { positives: centred(placements.positives), negatives: centred(placements.negatives) };
  const variance = clusters
    ? clusteredVariance(deviations, clusters)
    : varianceOfMean(deviations.positives) + varianceOfMean(deviations.negatives);
  return Math.sqrt(Math.max(0, variance));
}

function centred(values: Float64Array): Float64Array {
  const centre = mean(values);
  return values.map((value) => value - centre);
}

function varianceOfMean(deviations: Float64Array): number {
  let sum = 0;
  for (const deviation of deviations) sum += deviation * deviation;
  return sum / (deviations.length - 1) / deviations.length;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
