import { expect, test } from 'vitest';
import { normalCdf, ONE_SIDED_95, TWO_SIDED_95 } from './normal.ts';

// scipy 1.17.1, scipy.stats.norm.cdf
const published: [number, number][] = [
  [-10, 7.61985302416047e-24],
  [-6, 9.865876450376946e-10],
  [-4.5, 3.3976731247300535e-6],
  [-3.9, 4.8096344017602614e-5],
  [-1.96, 0.024997895148220435],
  [-0.3, 0.3820885778110474],
  [0, 0.5],
  [0.7, 0.758036347776927],
  [2.5, 0.9937903346742238],
  [4.2, 0.9999866542509841],
];

test('the distribution function equals scipy, far into the tail', () => {
  for (const [z, expected] of published) {
    expect(Math.abs(normalCdf(z) / expected - 1)).toBeLessThan(1e-11);
  }
});

test('the quantiles lie where the distribution function says', () => {
  expect(normalCdf(TWO_SIDED_95)).toBeCloseTo(0.975, 14);
  expect(normalCdf(ONE_SIDED_95)).toBeCloseTo(0.95, 14);
});
