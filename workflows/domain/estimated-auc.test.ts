import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aucEstimate } from './delong.ts';
import { estimateAuc } from './estimated-auc.ts';
import { labelledScores } from './labelled-scores.ts';
import { createRandom } from './random.ts';

describe('estimateAuc', () => {
  test('is the AUC itself where the scores leave no doubt', () => {
    expect(estimateAuc([0, 1, 1, 0])).toEqual({ value: 1, low: 1, high: 1 });
  });

  test('weighs every pair of rows by the chance that one is positive and the other is not', () => {
    const probability = fc.integer({ min: 1, max: 9 }).map((tenths) => tenths / 10);
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 12 }), (scores) => {
        let [won, all] = [0, 0];
        for (const one of scores) {
          for (const other of scores) {
            const weight = one * (1 - other);
            all += weight;
            won += weight * (one > other ? 1 : one === other ? 0.5 : 0);
          }
        }
        expect(estimateAuc(scores)?.value).toBeCloseTo(won / all, 9);
      }),
    );
  });

  test('bounds where the AUC falls when labels are drawn with these probabilities', () => {
    const random = createRandom('labels');
    const scores = Float64Array.from({ length: 2_000 }, () => 0.02 + 0.4 * random() * random());
    const { value, low, high } = estimateAuc(scores)!;
    const drawn = Array.from({ length: 400 }, () => {
      const labels = Uint8Array.from(scores, (score) => (random() < score ? 1 : 0));
      const sample = labelledScores(scores, labels);
      return sample.defined ? aucEstimate(sample.value).value : Number.NaN;
    });
    const mean = drawn.reduce((sum, auc) => sum + auc, 0) / drawn.length;
    const spread = Math.sqrt(drawn.reduce((sum, auc) => sum + (auc - mean) ** 2, 0) / (drawn.length - 1));
    // The standard error of a standard deviation of 400 draws is 3.5 % of it.
    expect((high - low) / (2 * 1.959964 * spread)).toBeGreaterThan(0.88);
    expect((high - low) / (2 * 1.959964 * spread)).toBeLessThan(1.12);
    expect(Math.abs(mean - value)).toBeLessThan(spread / 4);
  });

  test('says nothing where no row can be positive, or none is there', () => {
    expect(estimateAuc([0, 0])).toBeNull();
    expect(estimateAuc([])).toBeNull();
  });
});
