/** The standard normal distribution, to about 1e-15: what intervals and p-values are made of. */

/** 97.5 % quantile: a two-sided 95 % interval is the value ± this many standard errors. */
export const TWO_SIDED_95 = 1.959963984540054;

/** 95 % quantile: a one-sided 95 % bound is the value − this many standard errors. */
export const ONE_SIDED_95 = 1.6448536269514722;

/** Beyond this the series loses the tail's digits, and the continued fraction has converged. */
const TAIL = 4;
const FRACTION_TERMS = 120;

/** Probability of a value at or below `z`. */
export function normalCdf(z: number): number {
  if (z < -TAIL) return upperTail(-z);
  if (z > TAIL) return 1 - upperTail(z);
  return 0.5 + density(z) * series(z);
}

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** z + z³/3 + z⁵/15 + …: Marsaglia, "Evaluating the Normal Distribution", J. Stat. Software 11 (2004). */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let divisor = 3; sum + term !== sum; divisor += 2) {
    term *= (z * z) / divisor;
    sum += term;
  }
  return sum;
}

/** Continued fraction 26.2.14 of Abramowitz and Stegun, for z well above zero. */
function upperTail(z: number): number {
  let fraction = z;
  for (let term = FRACTION_TERMS; term >= 1; term -= 1) fraction = z + term / fraction;
  return density(z) / fraction;
}
