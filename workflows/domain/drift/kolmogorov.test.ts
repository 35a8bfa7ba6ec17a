import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov, kolmogorovSurvival } from './kolmogorov.ts';

// Expected values: scipy 1.17.1, special.kolmogorov and stats.ks_2samp.
describe('kolmogorovSurvival', () => {
  it.each([
    [0.2, 0.999999999999495],
    [0.4, 0.9971923267772983],
    [0.7, 0.7112351950296893],
    [0.99, 0.2808738392255489],
    [1, 0.26999967167735456],
    [1.2, 0.11224966667072497],
    [1.6276, 0.010001537333060776],
    [2.5, 7.453306344157342e-6],
    [4, 2.532833109818835e-14],
  ])('at %f equals scipy', (x, expected) => {
    expect(Math.abs(kolmogorovSurvival(x) / expected - 1)).toBeLessThan(1e-9);
  });

  it('is certain where there is no distance', () => {
    expect(kolmogorovSurvival(0)).toBe(1);
  });
});

describe('kolmogorovSmirnov', () => {
  it('equals scipy on tied values, a cell for each value', () => {
    // [1, 1, 2, 3, 3, 3, 4] and [2, 2, 3, 4, 4, 5]
    const found = kolmogorovSmirnov([2, 1, 3, 1, 0], [0, 2, 1, 2, 1]);
    expect(found?.statistic).toBeCloseTo(0.35714285714285715, 12);
  });

  it('is bounded from above by what the cells may hide, and exact where they hide nothing', () => {
    // 1, 2, 3, 4 and 2.5, 3.5, 5, 6: the distance is 1/2, which no edge at 2, 3 or 4 misses; an edge at 4 alone does.
    expect(kolmogorovSmirnov([2, 1, 1, 0], [0, 1, 1, 2])).toMatchObject({ statistic: 0.5, atMost: 0.5 });
    expect(kolmogorovSmirnov([4, 0], [2, 2], () => true)).toMatchObject({ statistic: 0.5, atMost: 1 });
    // 1 to 4 and 1.5 to 4.5 in one cell: nothing is seen, anything is possible.
    expect(kolmogorovSmirnov([4], [4], () => true)).toMatchObject({ statistic: 0, atMost: 1 });
    // Next to a value of its own, a gap holds values of one sample alone: there is nothing to hide.
    expect(kolmogorovSmirnov([0, 4, 0], [2, 0, 2], (cell) => cell !== 1)).toMatchObject({
      statistic: 0.5,
      atMost: 0.5,
    });
  });

  it('has nothing to say of an empty sample', () => {
    expect([kolmogorovSmirnov([0, 0], [1, 2]), kolmogorovSmirnov([1, 2], [0, 0])]).toEqual([null, null]);
  });
});
