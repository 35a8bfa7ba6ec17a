/** Local clock times as sets: a time matches when each of its fields is in its set. */

/** Sorted. */
export interface ClockTimes {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  /** 1 to 12. */
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
}

export function range(first: number, last: number, step = 1): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);
}

/** In order, each once. */
export function sorted(values: Iterable<number>): number[] {
  return [...new Set(values)].toSorted((one, other) => one - other);
}
