import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiClassMetrics, type ClassifiedRows } from './multiclass.ts';

/** By class, of six rows. */
const PROBABILITIES = [
  [0.7, 0.3, 0.2, 0.1, 0.25, 0.6],
  [0.2, 0.6, 0.2, 0.5, 0.25, 0.3],
  [0.1, 0.1, 0.6, 0.4, 0.5, 0.1],
].map((scores) => Float64Array.from(scores));
const scored: ClassifiedRows = {
  labels: ['a', 'b', 'c'],
  truth: Int32Array.of(0, 1, 2, 2, 1, 0),
  probabilities: PROBABILITIES,
};

describe('multiClassMetrics', () => {
  test('equals the example of scikit-learn’s documentation of classification_report', () => {
    const metrics = multiClassMetrics({
      labels: ['0', '1', '2'],
      truth: Int32Array.of(0, 1, 2, 2, 2),
      predicted: Int32Array.of(0, 0, 2, 2, 1),
    });
    expect(metrics.accuracy).toBeCloseTo(0.6, 12);
    expect(metrics.macroF1).toBeCloseTo(0.48888888888888893, 12);
    expect(metrics.weightedF1).toBeCloseTo(0.6133333333333334, 12);
    expect(metrics.perClass.map(({ precision, recall, support }) => [precision, recall, support])).toEqual([
      [0.5, 1, 1],
      [0, 0, 1],
      [1, 2 / 3, 3],
    ]);
    expect(metrics.logLoss).toBeNull();
  });

  test('equals scikit-learn on probabilities', () => {
    // scikit-learn 1.9.1: log_loss, and roc_auc_score of each class against the rest
    const metrics = multiClassMetrics(scored);
    expect(metrics.logLoss).toBeCloseTo(0.6986228180384583, 12);
    expect(metrics.perClass.map(({ auc }) => auc)).toEqual([
      1,
      expect.closeTo(0.75, 12),
      expect.closeTo(0.875, 12),
    ]);
    expect(metrics.confusion.matrix).toEqual([
      [2, 0, 0],
      [0, 1, 1],
      [0, 1, 1],
    ]);
  });

  test('equals the example of scikit-learn’s documentation of log_loss', () => {
    const { logLoss } = multiClassMetrics({
      labels: ['ham', 'spam'],
      truth: Int32Array.of(1, 0, 0, 1),
      probabilities: [Float64Array.of(0.1, 0.9, 0.8, 0.35), Float64Array.of(0.9, 0.1, 0.2, 0.65)],
    });
    expect(logLoss).toBeCloseTo(0.21616187468057912, 12);
  });

  test('takes the first of classes with one probability', () => {
    const even = [0.5, 0.5].map((score) => Float64Array.of(score, score));
    const { confusion } = multiClassMetrics({
      labels: ['a', 'b'],
      truth: Int32Array.of(0, 1),
      probabilities: even,
    });
    expect(confusion.matrix).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test('leaves out of the mean a class that neither occurs nor is predicted, and gives it no figures', () => {
    const metrics = multiClassMetrics({
      labels: ['a', 'b', 'never'],
      truth: Int32Array.of(0, 1, 1),
      predicted: Int32Array.of(0, 1, 1),
    });
    expect(metrics.macroF1).toBe(1);
    expect(metrics.perClass[2]).toEqual({
      label: 'never',
      precision: null,
      recall: null,
      f1: null,
      auc: null,
      aucInterval: null,
      support: 0,
    });
  });

  test('does not depend on the order of the classes or of the rows', () => {
    const { perClass, confusion: _, ...expected } = multiClassMetrics(scored);
    const orderOf = (size: number) => fc.shuffledSubarray([...Array(size).keys()], { minLength: size });
    fc.assert(
      fc.property(orderOf(3), orderOf(6), (classes, rows) => {
        const shuffled = multiClassMetrics({
          labels: classes.map((place) => scored.labels[place] ?? ''),
          truth: Int32Array.from(rows, (row) => classes.indexOf(scored.truth[row] ?? 0)),
          probabilities: classes.map((place) =>
            Float64Array.from(rows, (row) => PROBABILITIES[place]?.[row] ?? 0),
          ),
        });
        for (const name of ['accuracy', 'macroF1', 'weightedF1', 'logLoss'] as const) {
          expect(shuffled[name]).toBeCloseTo(expected[name] ?? Number.NaN, 12);
        }
        for (const found of shuffled.perClass) {
          expect(found.auc).toBeCloseTo(perClass.find(({ label }) => label === found.label)?.auc ?? 0, 12);
        }
      }),
      { numRuns: 30 },
    );
  });
});
