/** Standard error of average precision where rows of one entity belong together. */
import type { LabelledScores, ScoreGroups } from './labelled-scores.ts';

export interface ClusteredError {
  readonly standardError: number;
  /** How many entities have a positive. */
  readonly positiveClusters: number;
}

/** What one more row with a group's score would do to average precision, times the row's own weight. */
interface Influence {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Linearised (Binder, "On the variances of asymptotically normal estimators from complex surveys", Int.
 * Stat. Rev. 51 (1983), pp. 279–292): the rows' influences summed within an entity, squared, and summed.
 * Undefined where rows stand for themselves. O(n log n).
 */
export function averagePrecisionError(
  groups: ScoreGroups,
  { positives, negatives, clusters }: LabelledScores,
): ClusteredError | undefined {
  if (!clusters) return undefined;
  const influence = influenceOf(groups, positives.length);
  const size = Math.max(largest(clusters.positives), largest(clusters.negatives)) + 1;
  const sums = new Float64Array(size);
  const members = new Uint8Array(size);
  const add = (scores: Float64Array, numbers: Int32Array, effects: Float64Array): void => {
    for (let row = 0; row < numbers.length; row += 1) {
      const cluster = numbers[row] ?? 0;
      sums[cluster] =
        (sums[cluster] ?? 0) + (effects[indexOf(groups.scores, scores[row] ?? 0)] ?? Number.NaN);
      members[cluster] = 1;
    }
  };
  add(positives, clusters.positives, influence.positives);
  const positiveClusters = total(members);
  add(negatives, clusters.negatives, influence.negatives);
  const count = total(members);
  const squares = sums.reduce((sum, value) => sum + value * value, 0);
  return { standardError: Math.sqrt((count / (count - 1)) * squares), positiveClusters };
}

/**
 * The derivative of Σ precision / positives by a row's weight: a row counts in the selection of every
 * positive that scores no more than it, and a positive adds its own precision as well.
 */
function influenceOf(groups: ScoreGroups, positives: number): Influence {
  const precision = new Float64Array(groups.scores.length);
  const selected = new Float64Array(groups.scores.length);
  let hits = 0;
  let rows = 0;
  let average = 0;
  for (let index = groups.scores.length - 1; index >= 0; index -= 1) {
    const here = groups.positives[index] ?? 0;
    hits += here;
    rows += here + (groups.negatives[index] ?? 0);
    precision[index] = hits / rows;
    selected[index] = rows;
    average += (here / positives) * (hits / rows);
  }
  const effect = {
    positives: new Float64Array(precision.length),
    negatives: new Float64Array(precision.length),
  };
  let gained = 0;
  let lost = 0;
  for (let index = 0; index < groups.scores.length; index += 1) {
    const share = (groups.positives[index] ?? 0) / (selected[index] ?? Number.NaN);
    gained += share;
    lost += share * (precision[index] ?? Number.NaN);
    effect.positives[index] = ((precision[index] ?? Number.NaN) - average + gained - lost) / positives;
    effect.negatives[index] = -lost / positives;
  }
  return effect;
}

function indexOf(sorted: Float64Array, score: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function largest(numbers: Int32Array): number {
  return numbers.reduce((most, number) => Math.max(most, number), -1);
}

function total(members: Uint8Array): number {
  return members.reduce((sum, member) => sum + member, 0);
}
