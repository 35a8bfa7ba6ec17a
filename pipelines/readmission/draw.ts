/** Draws from the distributions that the sample needs, out of one seeded stream of uniform numbers. */
import type { Random } from '../../workflows/domain/random.ts';

export interface Table<T> {
  readonly values: readonly T[];
  /** Cumulative shares, the last one 1. */
  readonly cumulative: readonly number[];
}

/** Shares need not add up to one. */
export function table<T>(entries: readonly (readonly [T, number])[]): Table<T> {
  const total = entries.reduce((sum, [, share]) => sum + share, 0);
  let sum = 0;
  const cumulative = entries.map(([, share]) => (sum += share) / total);
  return { values: entries.map(([value]) => value), cumulative };
}

export function choose<T>(random: Random, { values, cumulative }: Table<T>): T {
  const at = random();
  let index = 0;
  while (index < values.length - 1 && at >= (cumulative[index] ?? 1)) index += 1;
  // The index stays inside, and a table is never empty.
  return values[index] as T;
}

/** Standard normal by Box and Muller (1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Knuth (1969), for small means: multiplies uniform numbers until they fall below e^-mean. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-Math.min(mean, 50));
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

export function between(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.round(value)));
}
