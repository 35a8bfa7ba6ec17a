import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareCritical, chiSquareSurvival } from './chi-square.ts';

// Expected values: scipy 1.17.1, stats.chi2.sf and stats.chi2.isf.
describe('chiSquareSurvival', () => {
  it.each([
    [3.841458820694124, 1, 0.04999999999999989],
    [0.5, 2, 0.7788007830714049],
    [27.877164871256568, 9, 0.0010000000000000024],
    [0.001, 7, 0.9999999999997597],
    [45.5, 10, 1.7664757795040376e-6],
    [150, 101, 0.0011287104830542635],
    [1000, 900, 0.010994608942135844],
    [2000, 1200, 5.979195674964684e-43],
  ])('of %f with %i degrees of freedom equals scipy', (x, df, expected) => {
    expect(Math.abs(chiSquareSurvival(x, df) / expected - 1)).toBeLessThan(1e-10);
  });

  it('is certain at zero, impossible far out, and knows a distribution without freedom', () => {
    expect([chiSquareSurvival(0, 5), chiSquareSurvival(1500, 3), chiSquareSurvival(0, 0)]).toEqual([1, 0, 1]);
  });
});

describe('chiSquareCritical', () => {
  it.each([
    [0.001, 1, 10.827566170662733],
    [0.001, 9, 27.877164871256575],
    [0.001, 19, 43.82019596451753],
    [0.05, 9, 16.91897760462045],
    [0.001, 100, 149.4492527790389],
    [1e-8, 12, 61.93423194661251],
    [0.001, 1500, 1674.9736208470572],
  ])('at %f with %i degrees of freedom equals scipy', (alpha, df, expected) => {
    expect(Math.abs(chiSquareCritical(alpha, df) - expected)).toBeLessThan(1e-9);
  });

  it('is the inverse of the survival function', () => {
    const alphas = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(alphas, fc.integer({ min: 1, max: 300 }), (alpha, df) => {
        expect(chiSquareSurvival(chiSquareCritical(alpha, df), df) / alpha).toBeCloseTo(1, 9);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
