/**
 * How far apart two distributions over the same bins are. Counts come in pairs, bin by bin; bins that
 * are empty on both sides say nothing and must have been left out.
 */
import { chiSquareCritical, chiSquareSurvival } from './chi-square.ts';

export interface BinPair {
  readonly reference: number;
  readonly current: number;
}

export interface ChiSquare {
  readonly statistic: number;
  readonly df: number;
  readonly pValue: number;
}

/** Expected counts below this make the χ² approximation poor (Cochran 1954). */
const LEAST_EXPECTED = 5;

/** So many rows where fewer than `LEAST_EXPECTED` are expected are no chance: a Poisson probability below 1e-6. */
const BEYOND_CHANCE = 20;

/**
 * Population stability index Σ (current − reference)·ln(current / reference) of the shares, natural
 * logarithm, no share taken for less than `floor`. For reporting: industry's figure.
 */
export function psi(bins: readonly BinPair[], floor: number): number {
  const totals = totalsOf(bins);
  return divergence(bins, (count, side) => Math.max(count / totals[side], floor));
}

/** The same with half a row added to every bin: with few rows its size under no drift is what theory says. */
export function smoothedPsi(bins: readonly BinPair[]): number {
  const totals = totalsOf(bins);
  return divergence(bins, (count, side) => (count + 0.5) / (totals[side] + bins.length / 2));
}

/**
 * What the PSI of two samples of one distribution exceeds with probability `alpha`:
 * χ²₁₋ₐ(B − 1)·(1/N + 1/M) (Yurdakul 2018, "Statistical Properties of Population Stability Index").
 */
export function criticalPsi(bins: readonly BinPair[], alpha: number): number {
  const { reference, current } = totalsOf(bins);
  return chiSquareCritical(alpha, bins.length - 1) * (1 / reference + 1 / current);
}

/** Pearson's test of homogeneity, without a continuity correction, bins of a small expected count pooled. */
export function twoSampleChiSquare(bins: readonly BinPair[]): ChiSquare {
  const pooled = poolSmall(bins);
  const totals = totalsOf(bins);
  const all = totals.reference + totals.current;
  let statistic = 0;
  for (const bin of pooled) {
    for (const side of ['reference', 'current'] as const) {
      const expected = ((bin.reference + bin.current) * totals[side]) / all;
      statistic += (bin[side] - expected) ** 2 / expected;
    }
  }
  const df = pooled.length - 1;
  return { statistic, df, pValue: chiSquareSurvival(statistic, df) };
}

/** Jensen-Shannon distance to base 2: the root of the divergence, from 0 (the same) to 1 (nothing in common). */
export function jensenShannon(bins: readonly BinPair[]): number {
  const totals = totalsOf(bins);
  let divergenceBits = 0;
  for (const bin of bins) {
    const [p, q] = [bin.reference / totals.reference, bin.current / totals.current];
    const middle = (p + q) / 2;
    for (const share of [p, q]) if (share > 0) divergenceBits += (share / 2) * Math.log2(share / middle);
  }
  return Math.sqrt(Math.max(0, divergenceBits));
}

function divergence(bins: readonly BinPair[], share: (count: number, side: keyof BinPair) => number): number {
  return bins.reduce((sum, bin) => {
    const [reference, current] = [share(bin.reference, 'reference'), share(bin.current, 'current')];
    return sum + (current - reference) * Math.log(current / reference);
  }, 0);
}

/**
 * Small bins become one; if that is still small, it joins the smallest of the others. But where the larger
 * sample has left bins empty that the smaller one fills, next to nothing is expected there and much is found:
 * joined to another bin, the test would not see it.
 */
function poolSmall(bins: readonly BinPair[]): BinPair[] {
  const totals = totalsOf(bins);
  const side = totals.reference < totals.current ? 'reference' : 'current';
  const smaller = totals[side] / (totals.reference + totals.current);
  const isSmall = (bin: BinPair): boolean => (bin.reference + bin.current) * smaller < LEAST_EXPECTED;
  const large = bins.filter((bin) => !isSmall(bin));
  const small = bins.filter(isSmall);
  if (small.length === 0) return large;
  const pool = totalsOf(small);
  if (!isSmall(pool) || pool[side] >= BEYOND_CHANCE || large.length === 0) return [...large, pool];
  const [least, ...rest] = large.toSorted((a, b) => a.reference + a.current - (b.reference + b.current));
  return [...rest, totalsOf([pool, ...(least ? [least] : [])])];
}

function totalsOf(bins: readonly BinPair[]): BinPair {
  return {
    reference: bins.reduce((sum, bin) => sum + bin.reference, 0),
    current: bins.reduce((sum, bin) => sum + bin.current, 0),
  };
}
