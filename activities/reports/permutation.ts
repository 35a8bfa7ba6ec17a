/**
 * Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): how much AUC is lost when the
 * values of one feature are dealt out anew among held-out rows, through the model that is in use.
 */
import { sampleVariance } from 'simple-statistics';
import { aucEstimate, meanAucDifference } from '../../workflows/domain/delong.ts';
import { labelledScores, type LabelledScores } from '../../workflows/domain/labelled-scores.ts';
import { TWO_SIDED_95 } from '../../workflows/domain/normal.ts';
import { createRandom } from '../../workflows/domain/random.ts';
import { attempt } from '../attempt.ts';
import type { FeatureImportance, PermutationImportance } from './contract.ts';
import { undefinedFigures } from './errors.ts';
import type { FeatureColumns } from './feature-columns.ts';
import type { Sample, Scorer } from './held-out.ts';

const REPEATS = 5;

/**
 * The interval holds both uncertainties: of the rows (DeLong, against the mean of the shuffles) and of the
 * shuffles (the variance between them, divided by their number). @throws UndefinedMetric
 */
export async function permutationImportance(
  sample: Sample,
  features: readonly FeatureColumns[],
  scorer: Scorer,
  seed: number,
): Promise<PermutationImportance> {
  const whole = labelled(sample.scores, sample.labels);
  const found: FeatureImportance[] = [];
  for (const columns of features) {
    const shuffles: LabelledScores[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      attempt().signal.throwIfAborted();
      const shuffled = shuffle(sample, columns, `${seed}/${columns.feature}/${repeat}`);
      const scores = await scorer.score(shuffled, sample.labels.length, sample.columns);
      shuffles.push(labelled(scores, sample.labels));
    }
    found.push({ feature: columns.feature, importance: lossOf(whole, shuffles) });
    attempt().progress({ explained: found.length, features: features.length });
  }
  return {
    method: 'Permutation importance through ONNX Runtime',
    rows: sample.labels.length,
    positives: whole.positives.length,
    repeats: REPEATS,
    auc: aucEstimate(whole).value,
    features: found.toSorted((one, other) => other.importance.value - one.importance.value),
  };
}

function lossOf(whole: LabelledScores, shuffles: readonly LabelledScores[]): FeatureImportance['importance'] {
  const difference = meanAucDifference(whole, shuffles);
  if (!difference.defined) throw undefinedFigures(difference.reason);
  const { value, standardError } = difference.value;
  const aucs = shuffles.map((shuffled) => aucEstimate(shuffled).value);
  const between = sampleVariance(aucs) / aucs.length;
  const margin = TWO_SIDED_95 * Math.sqrt(standardError ** 2 + between);
  return { value, low: value - margin, high: value + margin };
}

/** One deal for all places of the feature, so that they stay a possible value. */
function shuffle(
  { matrix, columns, labels }: Sample,
  { from, width }: FeatureColumns,
  seed: string,
): Float32Array {
  const random = createRandom(seed);
  const order = Uint32Array.from(labels, (_, row) => row);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  const shuffled = matrix.slice();
  order.forEach((source, row) => {
    const values = matrix.subarray(source * columns + from, source * columns + from + width);
    shuffled.set(values, row * columns + from);
  });
  return shuffled;
}

function labelled(scores: ArrayLike<number>, labels: readonly number[]): LabelledScores {
  const sample = labelledScores(scores, labels);
  if (!sample.defined) throw undefinedFigures(sample.reason);
  return sample.value;
}
