/** The χ² distribution with whole degrees of freedom, to about 1e-12: closed forms, no tables. */
import { normalCdf } from '../normal.ts';

const LOG_SQRT_PI = 0.5 * Math.log(Math.PI);

/**
 * Probability of a value above `x`: a sum of Poisson terms for even degrees of freedom, and for odd
 * ones the normal tail with such a sum (Abramowitz and Stegun 1964, 26.4.4 and 26.4.5).
 * Terms are summed from their logarithms, so that large values do not underflow.
 */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === 0) return x > 0 ? 0 : 1;
  if (x <= 0) return 1;
  const half = x / 2;
  const odd = degreesOfFreedom % 2 === 1;
  const terms = Math.floor(degreesOfFreedom / 2);
  // Of half^k e^-half / Γ(k + 1), with k = 0, 1, … or 1/2, 3/2, …
  let logTerm = odd ? 0.5 * Math.log(half) - half - (LOG_SQRT_PI - Math.LN2) : -half;
  let sum = odd ? 2 * normalCdf(-Math.sqrt(x)) : 0;
  for (let index = 0; index < terms; index += 1) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(half / (index + (odd ? 1.5 : 1)));
  }
  return Math.min(1, sum);
}

/** The value that is exceeded with probability `alpha`, between 0 and 1. */
export function chiSquareCritical(alpha: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === 0) return 0;
  let low = 0;
  let high = degreesOfFreedom + 1;
  while (chiSquareSurvival(high, degreesOfFreedom) > alpha) high *= 2;
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (chiSquareSurvival(middle, degreesOfFreedom) > alpha) low = middle;
    else high = middle;
  }
  return high;
}
