import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aucEstimate, meanAucDifference, pairedAucDifference } from './delong.ts';
import type { PairedDifference } from './evaluation.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { TWO_SIDED_95 } from './normal.ts';
import { ovarian } from './testing/ovarian.ts';
import { definedSample, referenceSample } from './testing/samples.ts';

const reference = referenceSample();
const tied = definedSample(reference.tied, reference.labels);
const distinct = definedSample(reference.distinct, reference.labels);

describe('aucEstimate', () => {
  test('equals the example of scikit-learn’s documentation of roc_auc_score', () => {
    expect(aucEstimate(definedSample([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).value).toBeCloseTo(0.75, 12);
  });

  // Areas: scikit-learn 1.7.2, roc_auc_score. Standard errors: the m × n kernel matrix of DeLong et al.
  // (1988), equations 4 to 6, in numpy 2.4.6.
  test.each([
    ['with ties', tied, 0.8256564786913474, 0.022657923779075457],
    ['without ties', distinct, 0.7233352097751582, 0.028205996956575916],
  ])('equals scikit-learn and the direct formula %s', (_kind, sample, auc, standardError) => {
    const { value, low, high } = aucEstimate(sample);
    expect(value).toBeCloseTo(auc, 12);
    expect((high - low) / 2).toBeCloseTo(TWO_SIDED_95 * standardError, 12);
    expect((high + low) / 2).toBeCloseTo(auc, 12);
  });

  // Published to four digits in SAS/STAT's user's guide, PROC LOGISTIC, "Comparing Receiver Operating
  // Characteristic Curves"; further digits by the direct formula in numpy 2.4.6.
  test.each([
    ['albumin', ovarian.albumin, 0.7365591397849462, 0.09269434605240269],
    ['total protein', ovarian.totalProtein, 0.6478494623655914, 0.10004737558374194],
    ['K-G score', ovarian.kgScore, 0.7258064516129032, 0.10282160898004762],
  ])('equals the published example of the paper for %s', (_test, scores, auc, standardError) => {
    const { value, low } = aucEstimate(definedSample(scores, ovarian.labels));
    expect(value).toBeCloseTo(auc, 12);
    expect((value - low) / TWO_SIDED_95).toBeCloseTo(standardError, 12);
  });

  test('cuts the interval where probabilities end', () => {
    const { value, high } = aucEstimate(definedSample([0.9, 0.8, 0.7, 0.1, 0.2, 0.75], [1, 1, 1, 0, 0, 0]));
    expect(value).toBeLessThan(1);
    expect(high).toBe(1);
  });

  test('is mirrored by turning the labels round', () => {
    fc.assert(
      fc.property(scoredRows(), (rows) => {
        const scores = rows.map((row) => row.ours);
        const { value } = aucEstimate(
          definedSample(
            scores,
            rows.map((row) => row.label),
          ),
        );
        const turned = aucEstimate(
          definedSample(
            scores,
            rows.map((row) => 1 - row.label),
          ),
        );
        expect(value + turned.value).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe('pairedAucDifference', () => {
  // numpy 2.4.6 by the direct formula, scipy 1.17.1 for the p-value.
  test('equals the direct formula on ties against none', () => {
    const difference = defined(tied, distinct);
    expect(difference.value).toBeCloseTo(0.1023212689161892, 12);
    expect(difference.standardError).toBeCloseTo(0.03597327249674708, 12);
    expect(difference.z).toBeCloseTo(2.8443692167689694, 10);
    expect(difference.pValue).toBeCloseTo(0.004449944982310623, 12);
    expect(difference.low).toBeCloseTo(0.1023212689161892 - TWO_SIDED_95 * 0.03597327249674708, 12);
  });

  // As above: χ² 0.0127 with p 0.9102, and 0.5554 with p 0.4561.
  test.each([
    ['albumin', ovarian.albumin, 0.11277826904452644, 0.9102063472010351],
    ['total protein', ovarian.totalProtein, -0.7452183896579938, 0.4561397075074729],
  ])('equals the published example of the paper for %s against the K-G score', (_test, scores, z, pValue) => {
    const kgScore = definedSample(ovarian.kgScore, ovarian.labels);
    const difference = defined(definedSample(scores, ovarian.labels), kgScore);
    expect(difference.z).toBeCloseTo(z, 12);
    expect(difference.pValue).toBeCloseTo(pValue, 12);
  });

  test('equals the m × n kernel on any rows', () => {
    fc.assert(
      fc.property(scoredRows(), (rows) => {
        const labels = rows.map((row) => row.label);
        const ours = definedSample(
          rows.map((row) => row.ours),
          labels,
        );
        const theirs = definedSample(
          rows.map((row) => row.theirs),
          labels,
        );
        const expected = bruteForce(ours, theirs);
        const actual = pairedAucDifference(ours, theirs);
        const { value, standardError } = actual.defined
          ? actual.value
          : { value: expected.value, standardError: 0 };
        expect(value).toBeCloseTo(expected.value, 12);
        expect(standardError ** 2).toBeCloseTo(expected.variance, 12);
      }),
    );
  });

  test('finds no difference between a model and itself', () => {
    expect(defined(distinct, distinct)).toMatchObject({ value: 0, low: 0, high: 0, z: 0, pValue: 1 });
  });

  test('answers nothing where a difference has no variance', () => {
    const labels = [1, 1, 0, 0];
    const perfect = definedSample([1, 1, 0, 0], labels);
    const worst = definedSample([0, 0, 1, 1], labels);
    expect(pairedAucDifference(perfect, worst)).toMatchObject({ defined: false });
  });

  test('answers nothing for models that were scored on different rows', () => {
    const fewer = definedSample(reference.tied.slice(1), reference.labels.slice(1));
    expect(pairedAucDifference(tied, fewer)).toEqual({
      defined: false,
      reason: 'the two models were not scored on the same rows',
    });
  });
});

function defined(ours: LabelledScores, theirs: LabelledScores): PairedDifference {
  const difference = pairedAucDifference(ours, theirs);
  if (!difference.defined) throw new Error(difference.reason);
  return difference.value;
}

function scoredRows(): fc.Arbitrary<{ label: number; ours: number; theirs: number }[]> {
  const score = fc.integer({ min: 0, max: 20 }).map((step) => step / 20);
  const row = fc.record({ label: fc.integer({ min: 0, max: 1 }), ours: score, theirs: score });
  return fc
    .array(row, { minLength: 4, maxLength: 40 })
    .filter((rows) => [0, 1].every((label) => rows.filter((one) => one.label === label).length >= 2));
}

function bruteForce(ours: LabelledScores, theirs: LabelledScores): { value: number; variance: number } {
  const one = kernel(ours);
  const other = kernel(theirs);
  const variance = covariances(one, one) + covariances(other, other) - 2 * covariances(one, other);
  return { value: average(one.rows) - average(other.rows), variance };
}

function kernel(sample: LabelledScores): { rows: number[]; columns: number[] } {
  const psi = (positive: number, negative: number): number =>
    positive > negative ? 1 : positive === negative ? 0.5 : 0;
  const positives = [...sample.positives];
  const negatives = [...sample.negatives];
  return {
    rows: positives.map((positive) => average(negatives.map((negative) => psi(positive, negative)))),
    columns: negatives.map((negative) => average(positives.map((positive) => psi(positive, negative)))),
  };
}

function covariances(one: ReturnType<typeof kernel>, other: ReturnType<typeof kernel>): number {
  return (
    sampleCovariance(one.rows, other.rows) / one.rows.length +
    sampleCovariance(one.columns, other.columns) / one.columns.length
  );
}

function sampleCovariance(one: number[], other: number[]): number {
  const products = one.map((value, index) => (value - average(one)) * ((other[index] ?? 0) - average(other)));
  return products.reduce((sum, value) => sum + value, 0) / (one.length - 1);
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('meanAucDifference', () => {
  const rows = Array.from({ length: 60 }, (_, row) => row);
  const scoresBy = (factor: number): number[] => rows.map((row) => (((row * factor) % 61) + 0.5) / 64);
  const labels = rows.map((row) => ((row * 17) % 7 < 1 + 4 * (scoresBy(37)[row] ?? 0) ? 1 : 0));
  const sampleBy = (factor: number): LabelledScores => definedSample(scoresBy(factor), labels);

  test('equals the direct formula on the mean of the kernels', () => {
    // DeLong et al. (1988), equations 4 to 6, on the mean of three m × n kernel matrices, in numpy 2.4.6
    const result = meanAucDifference(sampleBy(37), [11, 23, 29].map(sampleBy));
    expect(result).toMatchObject({
      defined: true,
      value: {
        value: expect.closeTo(0.21876158694846132, 12),
        standardError: expect.closeTo(0.09187870723726971, 12),
      },
    });
  });

  test('is undefined against nothing', () => {
    expect(meanAucDifference(sampleBy(37), []).defined).toBe(false);
  });
});
