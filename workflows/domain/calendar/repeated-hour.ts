/**
 * Where the clock is not behind UTC, the server not only passes over the first of two equal hours, but after a fire
 * time in the second one it leaps another hour ahead. One fire time there comes right; of several some are lost.
 */
import { wholeSecond } from '../run-id.ts';
import { fireTimes } from './fire-times.ts';
import { gridOf, type Timetable } from './timetable.ts';
import { createZone } from './zone.ts';

const FROM = Date.UTC(2026, 0) / 1000;
const YEARS = 8;

/** When the clock is put back over several fire times, the first time; `undefined` for almost all timetables. */
export function repeatedHour(timetable: Timetable): string | undefined {
  const grid = gridOf(timetable);
  if (grid.kind === 'every' || grid.timezone === 'UTC') return undefined;
  const zone = createZone(grid.timezone);
  const times = fireTimes(timetable);
  for (let at = FROM; at < FROM + YEARS * 366 * 86_400;) {
    const { until, firesUntil } = zone(at);
    const first = times.next(text(until - 1));
    const second = first === undefined ? undefined : times.next(first);
    if (second !== undefined && Date.parse(second) / 1000 < 2 * until - firesUntil) return text(until);
    at = until;
  }
  return undefined;
}

function text(at: number): string {
  return wholeSecond(at * 1000);
}
