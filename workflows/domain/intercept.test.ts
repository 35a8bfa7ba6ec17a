import { describe, expect, test } from 'vitest';
import { interceptShift, shifted } from './intercept.ts';
import { createRandom } from './random.ts';

describe('interceptShift', () => {
  test('makes the scores sum to what happened, and leaves their order alone', () => {
    const random = createRandom('intercept');
    const scores = Float64Array.from({ length: 5_000 }, () => 0.02 + 0.3 * random());
    const shift = interceptShift(scores, 1_100)!;
    const moved = scores.map((score) => shifted(score, shift));
    expect(moved.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1_100, 6);
    expect(shift).toBeGreaterThan(0);
    for (const [row, score] of moved.entries()) expect(score).toBeGreaterThan(scores[row]!);
  });

  test('is the difference of two log odds where all scores are one', () => {
    // logit(1/4) − logit(1/2) = −ln 3
    expect(interceptShift([0.5, 0.5, 0.5, 0.5], 1)).toBeCloseTo(-Math.log(3), 12);
    expect(interceptShift([0.5, 0.5], 1)).toBeCloseTo(0, 12);
  });

  test('knows nothing where every row is positive, or none', () => {
    expect([interceptShift([0.1, 0.2], 0), interceptShift([0.1, 0.2], 2), interceptShift([], 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
