/** Calendar months as intervals. */
import type { Interval } from './interval.ts';

/** The calendar month, in UTC, that ends where the interval begins. The interval begins with a month. */
export function monthBefore({ start }: Interval): Interval {
  const end = new Date(start);
  const before = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - 1, 1));
  return { start: seconds(before), end: seconds(end) };
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
