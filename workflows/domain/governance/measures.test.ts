import { describe, expect, test } from 'vitest';
import { aucMeasure, calibrationEstimate, calibrationMeasure, highShareMeasure } from './measures.ts';
import { DEFAULT_GOVERNANCE } from './policy.ts';

describe('calibration', () => {
  /** Wilson (1927), with 880 of 8,000 worked out apart in Python: 0.10332990 to 0.11704446. */
  test('has the interval of the event rate alone', () => {
    const { value, low, high } = calibrationEstimate(0.121, 880, 8000);
    expect(value).toBeCloseTo(1.1, 12);
    expect(0.121 / high).toBeCloseTo(0.1033299, 7);
    expect(0.121 / low).toBeCloseTo(0.11704446, 7);
  });

  test.each([
    ['inside of the bounds', 1.09, 1.05, 1.13, 'ok'],
    ['outside, its interval without 1', 1.11, 1.04, 1.18, 'critical'],
    ['below, its interval without 1', 0.89, 0.83, 0.96, 'critical'],
    ['outside, its interval with 1', 1.2, 0.95, 1.5, 'warning'],
    ['without an upper end', 1.2, 1.1, Number.POSITIVE_INFINITY, 'insufficient'],
    ['not a number', Number.NaN, 0.9, 1.1, 'insufficient'],
  ])('%s', (_where, value, low, high, level) => {
    expect(calibrationMeasure({ value, low, high }, DEFAULT_GOVERNANCE).level).toBe(level);
  });
});

test('an AUC is critical where it has fallen beyond chance, or below the floor', () => {
  const registered = { value: 0.7, low: 0.68, high: 0.72 };
  const levelOf = (value: number, half = 0.02): string =>
    aucMeasure({ value, low: value - half, high: value + half }, registered, 0.62).level;
  // Two standard errors of 0.0102 make one of 0.0144 for the difference.
  expect([0.672, 0.671, 0.656, 0.655].map((value) => levelOf(value))).toEqual([
    'ok',
    'warning',
    'warning',
    'critical',
  ]);
  expect(levelOf(0.615, 0.2)).toBe('critical');
  expect(levelOf(Number.NaN)).toBe('insufficient');
});

test('a share of high scores that is not known is not fine', () => {
  const bounds = { warning: 0.2, critical: 0.4 };
  expect(highShareMeasure(null, bounds).level).toBe('insufficient');
  expect([0.1, 0.2, 0.4].map((share) => highShareMeasure(share, bounds).level)).toEqual([
    'ok',
    'warning',
    'critical',
  ]);
});
