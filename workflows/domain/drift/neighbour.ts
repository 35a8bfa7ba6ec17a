/** Neighbours of a double: what turns "at most" into "below", and one value into an interval. */

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest double below a finite `value`. */
export function below(value: number): number {
  return -above(-value);
}

/** The smallest double above a finite `value`. */
export function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return double[0];
}
