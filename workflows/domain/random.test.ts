import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('is uniform: the deciles of 100,000 draws pass χ² at 0.001 for every seed tried', () => {
    for (const seed of [0, 1, 2, 'x', 'y']) {
      const random = createRandom(seed);
      const counts = Array.from({ length: 10 }, () => 0);
      for (let draw = 0; draw < 100_000; draw++) {
        const decile = Math.floor(random() * 10);
        counts[decile] = (counts[decile] ?? 0) + 1;
      }
      const statistic = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
      // χ² with 9 degrees of freedom, 0.999 quantile (scipy.stats.chi2.ppf).
      expect(statistic).toBeLessThan(27.877);
    }
  });

  it('stays in [0, 1) and repeats itself for a seed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), (seed) => {
        const [one, two] = [createRandom(seed), createRandom(seed)];
        for (let draw = 0; draw < 20; draw++) {
          const value = one();
          expect(value).toBe(two());
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(1);
        }
      }),
    );
  });
});
