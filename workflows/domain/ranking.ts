/** How well scores rank: average precision, Kolmogorov–Smirnov, and what the top of the list holds. */
import type { BinaryMetrics, Estimate } from './evaluation.ts';
import type { ScoreGroups } from './labelled-scores.ts';
import { TWO_SIDED_95 } from './normal.ts';
import type { ClusteredError } from './precision-influence.ts';

type TopShare = BinaryMetrics['topShare'][number];

/** Row counts by class, of a whole slice or of a part of it. */
interface Counts {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Average precision, the sum of precision times gain in recall over the distinct scores from the top
 * (scikit-learn's definition). The 95 % interval is the logit one of Boyd, Eng and Page, "Area under
 * the precision-recall curve" (ECML 2013), on the number of positives; a perfect ranking, where the
 * logit is infinite, has Clopper and Pearson's lower bound for n of n. Of rows that belong together the
 * standard error is the one given, and n the number of entities with a positive.
 */
export function averagePrecisionEstimate(groups: ScoreGroups, clustered?: ClusteredError): Estimate {
  const total = totals(groups).positives;
  let selected = 0;
  let hits = 0;
  let sum = 0;
  for (let index = groups.scores.length - 1; index >= 0; index -= 1) {
    const positives = groups.positives[index] ?? 0;
    hits += positives;
    selected += positives + (groups.negatives[index] ?? 0);
    sum += (positives / total) * (hits / selected);
  }
  const independent = clustered?.positiveClusters ?? total;
  if (hits === total && sum >= 1) return { value: 1, low: 0.025 ** (1 / independent), high: 1 };
  const logit = Math.log(sum / (1 - sum));
  const standardError = clustered?.standardError ?? Math.sqrt((sum * (1 - sum)) / total);
  const margin = (TWO_SIDED_95 * standardError) / (sum * (1 - sum));
  return { value: sum, low: logistic(logit - margin), high: logistic(logit + margin) };
}

/** Largest distance between the two classes' distribution functions. */
export function kolmogorovSmirnov(groups: ScoreGroups): number {
  const total = totals(groups);
  let positives = 0;
  let negatives = 0;
  let largest = 0;
  for (let index = 0; index < groups.scores.length; index += 1) {
    positives += groups.positives[index] ?? 0;
    negatives += groups.negatives[index] ?? 0;
    largest = Math.max(largest, Math.abs(negatives / total.negatives - positives / total.positives));
  }
  return largest;
}

/**
 * The top `share` of rows, at least one. Where rows with one score straddle the cut they count in
 * proportion, which is what breaking the tie at random gives on average, whatever the row order.
 */
export function topShare(groups: ScoreGroups, share: number): TopShare {
  const total = totals(groups);
  const rows = total.positives + total.negatives;
  const wanted = Math.max(1, Math.round(share * rows));
  let room = wanted;
  let hits = 0;
  for (let index = groups.scores.length - 1; index >= 0 && room > 0; index -= 1) {
    const positives = groups.positives[index] ?? 0;
    const size = positives + (groups.negatives[index] ?? 0);
    const taken = Math.min(room, size);
    hits += (positives * taken) / size;
    room -= taken;
  }
  const precision = hits / wanted;
  return { share, precision, recall: hits / total.positives, lift: precision / (total.positives / rows) };
}

function totals(groups: ScoreGroups): Counts {
  return { positives: sumOf(groups.positives), negatives: sumOf(groups.negatives) };
}

function sumOf(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
