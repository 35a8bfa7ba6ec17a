/** The intervals on which challenger and champion are judged: the newest, which neither was trained on. */

export interface MaturedInterval {
  readonly start: string;
  readonly rows: number;
  readonly positives: number;
}

/**
 * Start of the slice: the newest matured interval, and older ones that the champion has not been trained
 * on while the slice has fewer than `minPositives`. `undefined` where the champion was trained on everything
 * that has matured.
 * @param matured in time order
 * @param championUntil start of the interval in which the champion's training rows end
 */
export function judgingSliceStart(
  matured: readonly MaturedInterval[],
  championUntil: string,
  minPositives: number,
): string | undefined {
  let start: string | undefined;
  let positives = 0;
  for (const interval of matured.toReversed()) {
    if (interval.start <= championUntil || positives >= minPositives) break;
    start = interval.start;
    positives += interval.positives;
  }
  return start;
}
