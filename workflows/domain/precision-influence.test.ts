import { describe, expect, test } from 'vitest';
import { labelledScores, scoreGroups, type LabelledScores } from './labelled-scores.ts';
import { binaryMetrics } from './metrics.ts';
import { averagePrecisionError } from './precision-influence.ts';
import { definedSample, referenceSample } from './testing/samples.ts';

const reference = referenceSample();
const groups = reference.labels.map((_, index) => (index + 1) ** 2 % 131);

describe('averagePrecisionError', () => {
  // scikit-learn 1.9.1: average_precision_score differentiated by each group's sample_weight (central
  // differences of 1e-5). A bootstrap of whole groups, 3,000 draws, gives 0.0434 for the second.
  test.each([
    ['with ties', reference.tied, 0.040542740824705825],
    ['without ties', reference.distinct, 0.04469973849488884],
  ])(
    'equals the derivative of scikit-learn’s average precision by the weights of groups, %s',
    (_, scores, expected) => {
      const sample = grouped(scores);
      const error = averagePrecisionError(scoreGroups(sample), sample);
      expect(error?.standardError).toBeCloseTo(expected, 8);
      expect(error?.positiveClusters).toBe(53);
    },
  );

  test('has nothing to say of rows that stand for themselves', () => {
    const sample = definedSample(reference.tied, reference.labels);
    expect(averagePrecisionError(scoreGroups(sample), sample)).toBeUndefined();
  });

  test('bounds a perfect ranking by the number of groups with a positive', () => {
    const sample = labelledScores([0.9, 0.9, 0.8, 0.1, 0.2], [1, 1, 1, 0, 0], [0, 0, 1, 2, 3]);
    const { prAuc } = binaryMetrics(sample.defined ? sample.value : grouped([]), 0.5);
    expect(prAuc).toEqual({ value: 1, low: expect.closeTo(Math.sqrt(0.025), 12), high: 1 });
  });
});

function grouped(scores: readonly number[]): LabelledScores {
  const sample = labelledScores(scores, reference.labels, groups);
  if (!sample.defined) throw new Error(sample.reason);
  return sample.value;
}
