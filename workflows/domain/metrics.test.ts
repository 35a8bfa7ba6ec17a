import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreGroups } from './labelled-scores.ts';
import { binaryMetrics } from './metrics.ts';
import { topShare } from './ranking.ts';
import { definedSample, referenceSample } from './testing/samples.ts';

const reference = referenceSample();
const tied = binaryMetrics(definedSample(reference.tied, reference.labels), 0.5);
const distinct = binaryMetrics(definedSample(reference.distinct, reference.labels), 0.5);

describe('binaryMetrics', () => {
  test('equals scikit-learn and scipy where scores are tied', () => {
    // scikit-learn 1.7.2 (average_precision_score, log_loss, …), scipy 1.17.1 (ks_2samp)
    expect(tied.prAuc.value).toBeCloseTo(0.6976989743987025, 12);
    expect(tied.logLoss).toBeCloseTo(0.4589847025357388, 12);
    expect(tied.brier).toBeCloseTo(0.149907, 12);
    expect(tied.ks).toBeCloseTo(0.4237557535017716, 12);
    expect(tied.gini).toBeCloseTo(2 * 0.8256564786913474 - 1, 12);
    expect(tied.atThreshold).toEqual({
      threshold: 0.5,
      precision: expect.closeTo(0.5213675213675214, 12),
      recall: expect.closeTo(0.6039603960396039, 12),
      f1: expect.closeTo(0.5596330275229358, 12),
      accuracy: 0.76,
      confusion: { tn: 243, fp: 56, fn: 40, tp: 61 },
    });
  });

  test('equals scikit-learn and scipy where scores are distinct', () => {
    expect(distinct.prAuc.value).toBeCloseTo(0.5672656890870971, 12);
    expect(distinct.logLoss).toBeCloseTo(0.5423211229405986, 12);
    expect(distinct.brier).toBeCloseTo(0.1881116951156146, 12);
    expect(distinct.ks).toBeCloseTo(0.2909698996655518, 12);
    expect(distinct.calibration).toBeCloseTo(1.5799634968452247, 12);
    // numpy.array_split of the sorted rows in ten
    expect(distinct.ece).toBeCloseTo(0.14652998017839447, 12);
  });

  test('bounds average precision by the logit interval', () => {
    // expit(logit(AP) ± 1.96 / sqrt(positives · AP · (1 − AP))), scipy 1.17.1
    expect(distinct.prAuc.low).toBeCloseTo(0.46930816366506123, 12);
    expect(distinct.prAuc.high).toBeCloseTo(0.6602322954436479, 12);
  });

  test('equals the examples of scikit-learn’s documentation', () => {
    const ranking = binaryMetrics(definedSample([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 0.5);
    expect(ranking.prAuc.value).toBeCloseTo(0.8333333333333333, 12);
    const brier = binaryMetrics(definedSample([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]), 0.5);
    expect(brier.brier).toBeCloseTo(0.0375, 12);
    const loss = binaryMetrics(definedSample([0.9, 0.1, 0.2, 0.65], [1, 0, 0, 1]), 0.5);
    expect(loss.logLoss).toBeCloseTo(0.21616187468057912, 12);
  });

  test('reports precision, recall and lift of the top 5, 10 and 20 %', () => {
    // The same rows ranked by numpy.argsort
    const expected: [number, number, number, number][] = [
      [0.05, 1, 0.19801980198019803, 3.9603960396039604],
      [0.1, 0.75, 0.297029702970297, 2.9702970297029703],
      [0.2, 0.4875, 0.38613861386138615, 1.9306930693069306],
    ];
    expect(distinct.topShare).toEqual(
      expected.map(([share, precision, recall, lift]) => ({
        share,
        precision: expect.closeTo(precision, 12),
        recall: expect.closeTo(recall, 12),
        lift: expect.closeTo(lift, 12),
      })),
    );
  });

  test('has no precision where nothing is selected', () => {
    const none = binaryMetrics(definedSample([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]), 0.9).atThreshold;
    expect(none).toMatchObject({ precision: null, recall: 0, f1: 0, accuracy: 0.5 });
  });

  test('keeps perfect scores finite and an interval under them', () => {
    const perfect = binaryMetrics(definedSample([0, 0, 1, 1], [0, 0, 1, 1]), 0.5);
    expect(perfect.prAuc).toEqual({ value: 1, low: expect.closeTo(Math.sqrt(0.025), 12), high: 1 });
    expect(perfect.logLoss).toBeGreaterThanOrEqual(0);
    expect(perfect.logLoss).toBeLessThan(1e-12);
  });

  test('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...reference.labels.keys()], { minLength: 400 }), (order) => {
        const scores = order.map((row) => reference.tied[row] ?? 0);
        const labels = order.map((row) => reference.labels[row] ?? 0);
        const shuffled = binaryMetrics(definedSample(scores, labels), 0.5);
        expect(shuffled.auc.value).toBeCloseTo(tied.auc.value, 12);
        expect({ ...shuffled, auc: tied.auc, gini: tied.gini }).toEqual(tied);
      }),
      { numRuns: 20 },
    );
  });

  test('judges a million rows', () => {
    const rows = 1_000_000;
    const scores = Float32Array.from({ length: rows }, (_, row) => ((row * 7919) % 1_000_003) / 1_000_003);
    const labels = Uint8Array.from({ length: rows }, (_, row) => ((row * 104_729) % 9 === 0 ? 1 : 0));
    const metrics = binaryMetrics(definedSample(scores, labels), 0.5);
    expect(metrics.rows).toBe(rows);
    expect(metrics.auc.value).toBeCloseTo(0.5, 2);
  });
});

test('a tie at the cut of the top share counts in proportion', () => {
  const groups = scoreGroups(definedSample([0.9, 0.5, 0.5, 0.5, 0.5, 0.1], [1, 1, 1, 0, 0, 0]));
  expect(topShare(groups, 0.5)).toMatchObject({ precision: (1 + 1) / 3, recall: 2 / 3 });
});
