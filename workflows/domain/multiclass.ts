/** Figures of a classifier of several classes on one sample, as scikit-learn defines them. */
import { aucEstimate } from './delong.ts';
import type { Estimate } from './evaluation.ts';
import { labelledScores } from './labelled-scores.ts';

/** Row by row; a class is its place in `labels`. */
export interface ClassifiedRows {
  readonly labels: readonly string[];
  readonly truth: Int32Array;
  /** The class of the highest probability where only probabilities are known. */
  readonly predicted?: Int32Array;
  /** By class, row by row, in [0, 1]; each row's sum is 1. */
  readonly probabilities?: readonly Float64Array[];
  /** The number of the entity that the row is about, from 0: intervals then take its rows together. */
  readonly clusters?: Int32Array;
}

interface ClassMetrics {
  readonly label: string;
  /** `null` where the class is never predicted. */
  readonly precision: number | null;
  /** `null` where the class never occurs. */
  readonly recall: number | null;
  /** `null` where the class neither occurs nor is predicted. */
  readonly f1: number | null;
  /** One against the rest; `null` without probabilities, or with fewer than two rows on either side. */
  readonly auc: number | null;
  /** DeLong's two-sided 95 % interval of `auc`. */
  readonly aucInterval: Pick<Estimate, 'low' | 'high'> | null;
  /** Rows whose true class it is. */
  readonly support: number;
}

export interface MultiClassMetrics {
  readonly rows: number;
  readonly accuracy: number;
  /** Mean over the classes that occur or are predicted. */
  readonly macroF1: number;
  /** Mean over the rows' true classes. */
  readonly weightedF1: number;
  /** `null` without probabilities. */
  readonly logLoss: number | null;
  readonly perClass: readonly ClassMetrics[];
  /** `matrix[true][predicted]`, in the order of `labels`. */
  readonly confusion: { readonly labels: readonly string[]; readonly matrix: readonly (readonly number[])[] };
}

/** Probabilities of exactly 0 are moved up by this before the logarithm, as scikit-learn does. */
const SMALLEST = Number.EPSILON;

export function multiClassMetrics(rows: ClassifiedRows): MultiClassMetrics {
  const { labels, truth, probabilities } = rows;
  const matrix = confusionOf(rows, rows.predicted ?? mostProbable(probabilities ?? [], truth.length));
  const perClass = labels.map((label, place) => classMetrics(rows, matrix, label, place));
  const met = perClass.filter(({ f1 }) => f1 !== null);
  const correct = matrix.reduce((sum, row, place) => sum + (row[place] ?? 0), 0);
  return {
    rows: truth.length,
    accuracy: correct / truth.length,
    macroF1: met.reduce((sum, { f1 }) => sum + (f1 ?? 0), 0) / met.length,
    weightedF1: met.reduce((sum, { f1, support }) => sum + (f1 ?? 0) * support, 0) / truth.length,
    logLoss: probabilities ? logLoss(probabilities, truth) : null,
    perClass,
    confusion: { labels, matrix },
  };
}

function classMetrics(
  rows: ClassifiedRows,
  matrix: readonly (readonly number[])[],
  label: string,
  place: number,
): ClassMetrics {
  const hits = matrix[place]?.[place] ?? 0;
  const support = matrix[place]?.reduce((sum, count) => sum + count, 0) ?? 0;
  const predicted = matrix.reduce((sum, row) => sum + (row[place] ?? 0), 0);
  const auc = oneAgainstRest(rows, place);
  return {
    label,
    precision: predicted === 0 ? null : hits / predicted,
    recall: support === 0 ? null : hits / support,
    f1: predicted + support === 0 ? null : (2 * hits) / (predicted + support),
    auc: auc?.value ?? null,
    aucInterval: auc ? { low: auc.low, high: auc.high } : null,
    support,
  };
}

function oneAgainstRest(
  { truth, probabilities, clusters }: ClassifiedRows,
  place: number,
): Estimate | undefined {
  const scores = probabilities?.[place];
  if (!scores) return undefined;
  const is = Uint8Array.from(truth, (label) => (label === place ? 1 : 0));
  const sample = labelledScores(scores, is, clusters);
  return sample.defined ? aucEstimate(sample.value) : undefined;
}

function confusionOf({ labels, truth }: ClassifiedRows, predicted: Int32Array): number[][] {
  const matrix = labels.map(() => labels.map(() => 0));
  for (let row = 0; row < truth.length; row += 1) {
    const counts = matrix[truth[row] ?? 0];
    const guess = predicted[row] ?? Number.NaN;
    if (counts) counts[guess] = (counts[guess] ?? 0) + 1;
  }
  return matrix;
}

/** Of classes with one probability the first, as numpy's argmax has it. */
function mostProbable(probabilities: readonly Float64Array[], rows: number): Int32Array {
  const best = new Int32Array(rows);
  const highest = probabilities[0]?.slice() ?? new Float64Array();
  for (const [place, scores] of probabilities.entries()) {
    for (let row = 0; row < rows; row += 1) {
      const score = scores[row] ?? Number.NaN;
      if (score <= (highest[row] ?? Infinity)) continue;
      best[row] = place;
      highest[row] = score;
    }
  }
  return best;
}

function logLoss(probabilities: readonly Float64Array[], truth: Int32Array): number {
  let sum = 0;
  for (let row = 0; row < truth.length; row += 1) {
    const probability = probabilities[truth[row] ?? 0]?.[row] ?? Number.NaN;
    sum -= Math.log(Math.min(1 - SMALLEST, Math.max(SMALLEST, probability)));
  }
  return sum / truth.length;
}
