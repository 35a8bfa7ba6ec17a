import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityAt, modelCurves, shareEstimate } from './curves.ts';
import { definedSample } from './testing/samples.ts';

/** Sixty rows with distinct scores; the expected numbers are of scikit-learn 1.9.1 and numpy on the same rows. */
const ROWS = Array.from({ length: 60 }, (_, row) => {
  const score = (((row * 37) % 61) + 0.5) / 64;
  return { score, label: (row * 17) % 7 < 1 + 4 * score ? 1 : 0 };
});
const SAMPLE = definedSample(
  ROWS.map(({ score }) => score),
  ROWS.map(({ label }) => label),
);

describe('modelCurves', () => {
  test('draws the ROC curve of roc_curve', () => {
    const { roc } = modelCurves(SAMPLE);
    expect(roc).toHaveLength(61);
    const rates = [0, 0, 0, 0.034482758621, 0.068965517241, 0.103448275862, 0.137931034483, 0.137931034483];
    const found = [0, 0.032258064516, 0.064516129032, 0.064516129032, 0.064516129032, 0.064516129032];
    rates.forEach((rate, place) => expect(roc[place]?.falsePositiveRate).toBeCloseTo(rate, 11));
    found.forEach((rate, place) => expect(roc[place]?.truePositiveRate).toBeCloseTo(rate, 11));
    expect(roc.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
  });

  test('draws the points of precision_recall_curve where recall has grown', () => {
    const expected = [
      [0.032258064516, 1],
      [0.064516129032, 1],
      [0.096774193548, 0.428571428571],
      [0.129032258065, 0.5],
      [0.161290322581, 0.555555555556],
    ] as const;
    const { precisionRecall } = modelCurves(SAMPLE);
    expected.forEach(([recall, precision], place) => {
      expect(precisionRecall[place]?.recall).toBeCloseTo(recall, 11);
      expect(precisionRecall[place]?.precision).toBeCloseTo(precision, 11);
    });
  });

  test('has the bins of calibration_curve by quantiles', () => {
    const { calibration } = modelCurves(SAMPLE);
    expect(calibration.map(({ meanScore }) => meanScore)).toEqual(
      [0.046875, 0.140625, 0.234375, 0.328125, 0.4375, 0.53125, 0.625, 0.71875, 0.8125, 0.90625].map((mean) =>
        expect.closeTo(mean, 12),
      ),
    );
    expect(calibration.map(({ eventRate }) => eventRate.value)).toEqual(
      [1 / 2, 0, 2 / 3, 1 / 3, 1 / 3, 1, 1 / 6, 5 / 6, 1, 1 / 3].map((rate) => expect.closeTo(rate, 12)),
    );
    expect(calibration.every(({ rows }) => rows === 6)).toBe(true);
  });

  test('counts scores as numpy.histogram does', () => {
    const { scores } = modelCurves(SAMPLE);
    expect(scores.at(-1)?.high).toBeCloseTo(0.95, 12);
    expect(scores.map(({ positives }) => positives)).toEqual([
      2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 1, 2, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1,
      2, 0, 0, 0, 2,
    ]);
  });

  test('loses no row, stays small, and never turns back, whatever the scores', () => {
    const row = fc.record({
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      label: fc.constantFrom(0, 1),
    });
    const both = [0, 0, 1, 1].map((label) => ({ score: 0.5, label }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (drawn) => {
        const rows = [...both, ...drawn];
        const sample = definedSample(
          rows.map(({ score }) => score),
          rows.map(({ label }) => label),
        );
        const { roc, calibration, scores, lift } = modelCurves(sample);
        expect(calibration.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows.length);
        expect(scores.reduce((sum, bin) => sum + bin.positives + bin.negatives, 0)).toBe(rows.length);
        expect(roc.length).toBeLessThanOrEqual(202);
        expect(roc.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
        const heights = roc.map(({ truePositiveRate }) => truePositiveRate);
        expect(heights).toEqual(heights.toSorted((one, other) => one - other));
        expect(lift.at(-1)).toEqual({ share: 1, lift: expect.closeTo(1, 9), recall: expect.closeTo(1, 9) });
      }),
      { numRuns: 100 },
    );
  });
});

describe('capacityAt', () => {
  test('says what a threshold selects, the score at it included', () => {
    const sample = definedSample([0.1, 0.2, 0.3, 0.4, 0.5], [0, 1, 0, 0, 1]);
    expect(capacityAt(sample, 0.4)).toEqual({ share: 0.4, recall: 0.5, lift: 1.25 });
    expect(capacityAt(sample, 0.6)).toEqual({ share: 0, recall: 0, lift: 0 });
  });
});

describe('shareEstimate', () => {
  // scipy 1.17.1: binomtest(count, rows).proportion_ci(method='wilson')
  test.each([
    [7, 50, 0.06950833427016292, 0.26186193710585537],
    [0, 20, 0, 0.16112515805281935],
    [113, 1000, 0.09484035831643464, 0.13412155275138501],
    [20, 20, 0.8388748419471808, 1],
  ])('of %i among %i has Wilson’s interval', (count, rows, low, high) => {
    const estimate = shareEstimate(count, rows);
    expect(estimate.value).toBe(count / rows);
    expect(estimate.low).toBeCloseTo(low, 12);
    expect(estimate.high).toBeCloseTo(high, 12);
  });
});
