import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateAuc } from './estimated-auc.ts';

describe('estimateAuc', () => {
  test('is the AUC itself where the scores leave no doubt', () => {
    expect(estimateAuc([0, 1, 1, 0])).toBe(1);
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
        expect(estimateAuc(scores)).toBeCloseTo(won / all, 9);
      }),
    );
  });

  test('says nothing where no row can be positive, or none is there', () => {
    expect(estimateAuc([0, 0])).toBeNull();
    expect(estimateAuc([])).toBeNull();
  });
});
