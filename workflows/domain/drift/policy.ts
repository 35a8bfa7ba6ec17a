/** What counts as drift: every bound, with the defaults that simulations without drift keep quiet at. */

export interface DriftPolicy {
  /** How numbers with many distinct values are cut: at the reference's quantiles, in equal widths, or not at all. */
  readonly binning: 'quantile' | 'width' | 'values';
  /** Quantile or equal-width bins of the values that are there. */
  readonly bins: number;
  /** Numbers with at most so many distinct values are binned by value: deciles are blind to rare flags. */
  readonly maxValues: number;
  /** Values with a smaller share of the reference are counted together; 0 keeps each apart. */
  readonly rare: number;
  /** Least share in the reported PSI. */
  readonly floor: number;
  /** Of both tests. */
  readonly alpha: number;
  /** With fewer rows on either side nothing is judged. */
  readonly minRows: number;
  /** PSI from which a column is worth a look. */
  readonly warn: number;
  readonly alarm: number;
}

export const DEFAULT_DRIFT_POLICY: DriftPolicy = {
  binning: 'quantile',
  bins: 10,
  maxValues: 20,
  rare: 0.005,
  floor: 1e-4,
  alpha: 0.001,
  minRows: 300,
  warn: 0.1,
  alarm: 0.25,
};

/** Every problem of a policy, in words; none where it can be used. */
export function driftPolicyProblems(policy: DriftPolicy): string[] {
  const inside = (value: number, low: number, high: number): boolean => value > low && value < high;
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  return [
    ...(whole(policy.bins, 2) && policy.bins <= 100 ? [] : ['bins must be a whole number from 2 to 100']),
    ...(whole(policy.maxValues, 0) && policy.maxValues <= MAX_VALUES
      ? []
      : [`maxValues must be a whole number from 0 to ${MAX_VALUES}`]),
    ...(policy.rare >= 0 && policy.rare < 1 ? [] : ['rare must be a share from 0 to below 1']),
    ...(inside(policy.floor, 0, 0.1) ? [] : ['floor must lie between 0 and 0.1']),
    ...(inside(policy.alpha, 0, 0.5) ? [] : ['alpha must lie between 0 and 0.5']),
    ...(whole(policy.minRows, 1) ? [] : ['minRows must be a whole number from 1']),
    ...(policy.warn > 0 && policy.alarm >= policy.warn && Number.isFinite(policy.alarm)
      ? []
      : ['warn must be above 0, and alarm at least warn']),
  ];
}

/** More distinct numbers than this are never told apart one by one. */
export const MAX_VALUES = 250;
