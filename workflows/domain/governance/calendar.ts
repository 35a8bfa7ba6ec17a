/** When the labels of intervals that are still to come will be known. */
import type { Interval } from '../interval.ts';

const DAY_MS = 86_400_000;

/**
 * The next interval of the same kind: calendar months after calendar months, else the same length of time.
 * After an interval without length comes a day.
 */
export function following({ start, end }: Interval): Interval {
  if (start === end) return { start: end, end: text(Date.parse(end) + DAY_MS) };
  const [from, to] = [new Date(start), new Date(end)];
  if (!startsMonth(from) || !startsMonth(to))
    return { start: end, end: text(2 * to.getTime() - from.getTime()) };
  const months = monthNumber(to) - monthNumber(from);
  return { start: end, end: text(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + months, 1)) };
}

/** From when on every label of the interval may be used. */
export function maturesAt({ end }: Interval, horizonDays: number): string {
  return text(Date.parse(end) + horizonDays * DAY_MS);
}

function startsMonth(time: Date): boolean {
  return time.toISOString().slice(8, 19) === '01T00:00:00';
}

function monthNumber(time: Date): number {
  return 12 * time.getUTCFullYear() + time.getUTCMonth();
}

function text(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
