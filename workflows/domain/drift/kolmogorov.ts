/**
 * The two-sample Kolmogorov-Smirnov test on counts in cells: exact where the cells tell all values of the reference
 * apart, and otherwise between two bounds that lie as close together as the cells are fine.
 */

export interface KolmogorovSmirnov {
  /** Largest distance between the two empirical distribution functions at the cells' edges. */
  readonly statistic: number;
  /** However the values lie within their cells, the distance is no larger. */
  readonly atMost: number;
  /** Of the statistic, by the limiting distribution (Smirnov 1948): at most this, also where values are tied. */
  readonly pValue: number;
}

/**
 * @param reference @param current counts in the same cells, in the order of the values
 * @param hasRoom whether a cell can hold more than one value
 */
export function kolmogorovSmirnov(
  reference: readonly number[],
  current: readonly number[],
  hasRoom: (cell: number) => boolean = () => false,
): KolmogorovSmirnov | null {
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return null;
  let [below, belowNow, statistic, atMost] = [0, 0, 0, 0];
  for (const [cell, count] of reference.entries()) {
    const [end, endNow] = [below + count, belowNow + (current[cell] ?? 0)];
    statistic = Math.max(statistic, Math.abs(end / n - endNow / m));
    // All of one sample may stand before all of the other.
    if (hasRoom(cell)) atMost = Math.max(atMost, end / n - belowNow / m, endNow / m - below / n);
    [below, belowNow] = [end, endNow];
  }
  atMost = Math.max(atMost, statistic);
  return { statistic, atMost, pValue: kolmogorovSurvival(statistic * Math.sqrt((n / (n + m)) * m)) };
}

/** Below this the alternating series needs ever more terms, and its dual form few. */
const SMALL = 1;

/** Probability that the limit of √n·D exceeds `x` (Kolmogorov 1933; for small `x` by the theta function's dual series). */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) return 1;
  if (x < SMALL) {
    const base = -(Math.PI ** 2) / (8 * x * x);
    const sum = [1, 3, 5, 7].reduce((partial, odd) => partial + Math.exp(odd * odd * base), 0);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  return 2 * [1, 2, 3, 4, 5].reduce((partial, k) => partial - (-1) ** k * Math.exp(-2 * k * k * x * x), 0);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
