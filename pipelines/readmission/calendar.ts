/** The calendar that sample and public file are laid out on: four months of history, then six that arrive one by one. */
import type { Interval } from '../../workflows/domain/interval.ts';

/**
 * December 2024 to March 2025: four months for the first 40 %, as six have the rest, so that months are alike and
 * what is known of a patient's past does not change with them. With a label horizon of 30 days the months are chosen so that each has
 * matured when the one after the next begins: the history when April ends, April when May ends.
 */
export const HISTORY_MONTHS: readonly string[] = monthsFrom('2024-12', 4);

/** April to September 2025. */
export const LIVE_MONTHS: readonly string[] = monthsFrom('2025-04', 6);

/** From the start of the first month to the end of the last, `YYYY-MM`. */
export function intervalOf(months: readonly string[]): Interval {
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('an interval needs at least one month');
  return { start: startOf(first, 0), end: startOf(last, 1) };
}

function monthsFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => startOf(first, index).slice(0, 7));
}

function startOf(month: string, later: number): string {
  const [year, number] = month.split('-').map(Number);
  if (year === undefined || number === undefined) throw new RangeError(`"${month}" is not written YYYY-MM`);
  return `${new Date(Date.UTC(year, number - 1 + later)).toISOString().slice(0, 19)}Z`;
}
