/**
 * Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): how much AUC is lost when the
 * values of one feature are dealt out anew among held-out rows, through the model that is in use.
 */
import { aucEstimate, pairedAucDifference } from '../../workflows/domain/delong.ts';
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
 * The interval holds both uncertainties: of the rows (paired DeLong) and of the shuffles, the variance
 * between which is divided by their number. @throws UndefinedMetric
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
    const losses: Loss[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      attempt().signal.throwIfAborted();
      const shuffled = shuffle(sample, columns, `${seed}/${columns.feature}/${repeat}`);
      const scores = await scorer.score(shuffled, sample.labels.length, sample.columns);
      losses.push(lossOf(whole, labelled(scores, sample.labels)));
    }
    found.push({ feature: columns.feature, importance: pooled(losses) });
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

interface Loss {
  readonly value: number;
  readonly variance: number;
}

function lossOf(whole: LabelledScores, shuffled: LabelledScores): Loss {
  const difference = pairedAucDifference(whole, shuffled);
  if (!difference.defined) throw undefinedFigures(difference.reason);
  const { value, standardError } = difference.value;
  return { value, variance: standardError ** 2 };
}

function pooled(losses: readonly Loss[]): FeatureImportance['importance'] {
  const value = mean(losses.map((loss) => loss.value));
  const between = losses.reduce((sum, loss) => sum + (loss.value - value) ** 2, 0) / (losses.length - 1);
  const variance = mean(losses.map((loss) => loss.variance)) + between / losses.length;
  const margin = TWO_SIDED_95 * Math.sqrt(variance);
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
