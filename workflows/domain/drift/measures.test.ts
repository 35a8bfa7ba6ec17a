import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  criticalPsi,
  jensenShannon,
  psi,
  smoothedPsi,
  twoSampleChiSquare,
  type BinPair,
} from './measures.ts';

const FLOOR = 1e-4;

function pairs(reference: readonly number[], current: readonly number[]): BinPair[] {
  return reference.map((count, bin) => ({ reference: count, current: current[bin] ?? 0 }));
}

const SAMPLE = pairs([120, 80, 40, 300, 7, 2, 1, 450], [100, 95, 60, 260, 12, 0, 4, 469]);

const anyBins = fc
  .array(fc.record({ reference: fc.nat(500), current: fc.nat(500) }), { minLength: 1, maxLength: 12 })
  .map((bins) => bins.filter(({ reference, current }) => reference + current > 0))
  .filter((bins) => bins.some(({ reference }) => reference > 0) && bins.some(({ current }) => current > 0));

// Expected values: the formulas in numpy 2.4.6; scipy 1.17.1 where it has the measure.
describe('psi', () => {
  it('equals the formula, no share below the floor', () => {
    expect(psi(SAMPLE, FLOOR)).toBeCloseTo(0.033389026332301244, 12);
  });

  it('is finite where one constant has become another', () => {
    expect(psi(pairs([500, 0], [0, 500]), FLOOR)).toBeCloseTo(2 * (1 - FLOOR) * Math.log(1 / FLOOR), 9);
  });

  it('is never negative, zero against itself, and the same both ways', () => {
    fc.assert(
      fc.property(anyBins, (bins) => {
        const turned = bins.map(({ reference, current }) => ({ reference: current, current: reference }));
        expect(psi(bins, FLOOR)).toBeGreaterThanOrEqual(0);
        expect(psi(turned, FLOOR)).toBeCloseTo(psi(bins, FLOOR), 9);
        expect(
          psi(
            bins.map(({ reference }) => ({ reference, current: reference })),
            FLOOR,
          ),
        ).toBe(0);
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe('smoothedPsi', () => {
  it('adds half a row to every bin', () => {
    expect(smoothedPsi(SAMPLE)).toBeCloseTo(0.029668560761379317, 12);
  });
});

describe('criticalPsi', () => {
  // Scipy's χ²₀.₉₉₉(9) times 1/N + 1/M.
  it.each([
    [50, 50, 1.115086594850263],
    [500, 500, 0.1115086594850263],
    [10_000, 100, 0.2815593651996914],
    [10_000, 1_000, 0.030664881358382235],
  ])('of ten bins with %i and %i rows is as published', (n, m, expected) => {
    const bins = pairs(Array<number>(10).fill(n / 10), Array<number>(10).fill(m / 10));
    expect(criticalPsi(bins, 0.001)).toBeCloseTo(expected, 12);
  });

  it('is nothing where there is one bin', () => {
    expect(criticalPsi(pairs([10], [10]), 0.001)).toBe(0);
  });
});

describe('twoSampleChiSquare', () => {
  it('equals scipy without a correction for continuity', () => {
    const found = twoSampleChiSquare(pairs([17, 33], [26, 24]));
    expect(found.df).toBe(1);
    expect(found.statistic).toBeCloseTo(3.3047735618115057, 12);
    expect(found.pValue).toBeCloseTo(0.06907886535272519, 12);
  });

  it('pools bins of an expected count under 5, and the pool with the smallest bin while it is one', () => {
    const found = twoSampleChiSquare(SAMPLE);
    expect(found.df).toBe(5);
    expect(found.statistic).toBeCloseTo(POOLED.statistic, 9);
    expect(found.pValue).toBeCloseTo(POOLED.pValue, 12);
  });

  it('sees what a much larger sample has left, though next to nothing is expected there', () => {
    // Of 2,000 rows 400 in a bin that two million have left: 0.4 are expected.
    const left = twoSampleChiSquare(pairs([400, 1_600], [0, 2_000_000]));
    expect(left.df).toBe(1);
    expect(left.pValue).toBe(0);
    const turned = twoSampleChiSquare(pairs([0, 2_000_000], [400, 1_600]));
    expect(turned).toEqual(left);
    // Three rows where one is expected are none of its business.
    expect(twoSampleChiSquare(pairs([3, 1_997], [1_000, 1_999_000]))).toMatchObject({ df: 0, pValue: 1 });
  });

  it('finds nothing in a constant, and nothing where all is too little', () => {
    expect(twoSampleChiSquare(pairs([100], [90]))).toEqual({ statistic: 0, df: 0, pValue: 1 });
    expect(twoSampleChiSquare(pairs([1, 2], [2, 1]))).toEqual({ statistic: 0, df: 0, pValue: 1 });
  });
});

/** chi2_contingency([[120, 80, 40, 300, 10, 450], [100, 95, 60, 260, 16, 469]], correction=False) */
const POOLED = { statistic: 11.73847262639428, pValue: 0.03855245805444169 };

describe('jensenShannon', () => {
  it('equals scipy to base 2', () => {
    expect(jensenShannon(SAMPLE)).toBeCloseTo(0.07695381343475777, 12);
  });

  it('lies between 0 for the same and 1 for nothing in common', () => {
    expect(jensenShannon(pairs([3, 0], [0, 5]))).toBeCloseTo(1, 12);
    fc.assert(
      fc.property(anyBins, (bins) => {
        const distance = jensenShannon(bins);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});
