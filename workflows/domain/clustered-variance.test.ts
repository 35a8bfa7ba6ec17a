import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aucEstimate, pairedAucDifference } from './delong.ts';
import { groupBy } from './group-by.ts';
import { labelledScores, type LabelledScores } from './labelled-scores.ts';
import { createRandom } from './random.ts';
import { TWO_SIDED_95 } from './normal.ts';
import { definedSample, referenceSample } from './testing/samples.ts';

const reference = referenceSample();
/** 66 groups of 1 to 12 rows, 53 of them with a positive. */
const groups = reference.labels.map((_, index) => (index + 1) ** 2 % 131);

describe('an area under the ROC curve with groups', () => {
  // Obuchowski (1997), sections 2 and 3, on the m × n kernel matrix in numpy 2.4.6.
  test.each([
    ['with ties', reference.tied, 0.025153615577449266],
    ['without ties', reference.distinct, 0.028611882807251167],
  ])('equals the direct formula %s', (_, scores, standardError) => {
    const { low, high } = aucEstimate(grouped(scores, reference.labels, groups));
    expect((high - low) / 2).toBeCloseTo(TWO_SIDED_95 * standardError, 12);
  });

  test('equals the direct formula for a difference', () => {
    const ours = grouped(reference.tied, reference.labels, groups);
    const theirs = grouped(reference.distinct, reference.labels, groups);
    expect(pairedAucDifference(ours, theirs)).toMatchObject({
      defined: true,
      value: {
        value: expect.closeTo(0.1023212689161892, 12),
        standardError: expect.closeTo(0.042942332456310704, 12),
        method: 'paired DeLong, clustered (Obuchowski 1997)',
      },
    });
  });

  test('is DeLong’s where every row is a group of its own', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...groups.keys()], { minLength: 400 }), (alone) => {
        const expected = aucEstimate(definedSample(reference.tied, reference.labels));
        const actual = aucEstimate(grouped(reference.tied, reference.labels, alone));
        expect(actual.low).toBeCloseTo(expected.low, 12);
        expect(actual.high).toBeCloseTo(expected.high, 12);
      }),
      { numRuns: 10 },
    );
  });

  test('does not narrow by repeating every row within its group', () => {
    const twice = <T>(values: readonly T[]): T[] => [...values, ...values];
    const once = aucEstimate(grouped(reference.tied, reference.labels, groups));
    const repeated = aucEstimate(grouped(twice(reference.tied), twice(reference.labels), twice(groups)));
    expect(repeated.low).toBeCloseTo(once.low, 12);
    const asIfNew = aucEstimate(definedSample(twice(reference.tied), twice(reference.labels)));
    expect(asIfNew.low).toBeGreaterThan(once.low);
  });

  test('agrees with a bootstrap of whole groups', () => {
    const random = createRandom(7);
    const members = [...groupBy([...groups.keys()], (row) => [String(groups[row])]).values()];
    const areas = Array.from({ length: 1_000 }, () => {
      const rows = members.flatMap(() => members[Math.floor(random() * members.length)] ?? []);
      const of = (values: readonly number[]): number[] => rows.map((row) => values[row] ?? 0);
      return aucEstimate(definedSample(of(reference.tied), of(reference.labels))).value;
    });
    // The standard deviation of 1,000 draws is known to about 2 %; the plain formula is 10 % below.
    expect(deviation(areas) / 0.025153615577449266).toBeGreaterThan(0.94);
    expect(deviation(areas) / 0.025153615577449266).toBeLessThan(1.06);
  });

  test.each([
    ['positives', [0, 0, 1, 2]],
    ['negatives', [0, 1, 2, 2]],
  ])('is not defined where all %s are of one group', (name, numbers) => {
    expect(labelledScores([0.9, 0.8, 0.1, 0.2], [1, 1, 0, 0], numbers)).toEqual({
      defined: false,
      reason: `all ${name} are of one group; at least two groups are needed`,
    });
  });
});

function grouped(
  scores: readonly number[],
  labels: readonly number[],
  numbers: readonly number[],
): LabelledScores {
  const sample = labelledScores(scores, labels, numbers);
  if (!sample.defined) throw new Error(sample.reason);
  return sample.value;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
