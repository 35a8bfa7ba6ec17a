/**
 * The nominal times at which a timetable fires: the seconds whose local clock time matches, as Temporal's server finds
 * them. Times are RFC 3339, UTC, whole seconds.
 */
import { wholeSecond } from '../run-id.ts';
import type { ClockTimes } from './clock-times.ts';
import { gridOf, type Grid, type Timetable } from './timetable.ts';
import { createZone, type Stretch } from './zone.ts';

const DAY = 86_400;
/** The 29th of February of a century that has none lies 8 years from the last. */
const HORIZON = 9 * 366 * DAY;
/** How far back the search for the time before begins; it goes further when nothing is there. */
const FIRST_LOOK_BACK = 3_600;
const FURTHER = 12;

export interface FireTimes {
  /** The first one after `time`; `undefined` where the next nine years have none. */
  next(time: string): string | undefined;
  /** The last one before `time`. */
  previous(time: string): string | undefined;
  /** Whether it fires at `time`. */
  has(time: string): boolean;
}

/** @throws RangeError for a timetable that can't be read */
export function fireTimes(timetable: Timetable): FireTimes {
  const after = follower(gridOf(timetable));
  const previous = (before: number): number | undefined => {
    for (let back = FIRST_LOOK_BACK; ; back *= FURTHER) {
      let last: number | undefined;
      const first = before - Math.min(back, HORIZON) - 1;
      for (let at = after(first); at !== undefined && at < before; at = after(at)) last = at;
      if (last !== undefined || back >= HORIZON) return last;
    }
  };
  return {
    next: (time) => text(after(Math.floor(seconds(time)))),
    previous: (time) => text(previous(Math.ceil(seconds(time)))),
    has: (time) => after(seconds(time) - 1) === seconds(time),
  };
}

/** The first fire time after a time. */
function follower(grid: Grid): (after: number) => number | undefined {
  if (grid.kind === 'every') {
    const { every, offset } = grid;
    return (after) => (Math.floor((after - offset) / every) + 1) * every + offset;
  }
  const zone = createZone(grid.timezone);
  const except = new Set(grid.except.map((date) => Date.parse(date) / 1000));
  const clocks = grid.times.map((times) => createClock(times, except));
  return (after) => {
    const found = clocks.map((clock) => firstFrom(clock, zone, after + 1)).filter((at) => at !== undefined);
    return found.length === 0 ? undefined : Math.min(...found);
  };
}

/** Local times are sought in one stretch after the other, so that a leap of the clock is between two of them. */
function firstFrom(clock: Clock, zone: (at: number) => Stretch, first: number): number | undefined {
  for (let from = first; from < first + HORIZON;) {
    const { offset, until, firesUntil } = zone(from);
    const local = clock(from + offset, firesUntil + offset);
    if (local !== undefined) return local - offset;
    from = until;
  }
  return undefined;
}

/** The first matching local time in [from, until), in seconds as if the clock were UTC's. */
type Clock = (from: number, until: number) => number | undefined;

function createClock(times: ClockTimes, except: ReadonlySet<number>): Clock {
  const matches = (day: number): boolean => {
    const date = new Date(day * 1000);
    return (
      times.days.includes(date.getUTCDate()) &&
      times.months.includes(date.getUTCMonth() + 1) &&
      times.weekdays.includes(date.getUTCDay()) &&
      !except.has(day)
    );
  };
  return (from, until) => {
    const today = Math.floor(from / DAY) * DAY;
    for (let day = today; day < until; day += DAY) {
      const time = matches(day) ? firstTime(times, Math.max(from - day, 0)) : undefined;
      if (time !== undefined) return day + time < until ? day + time : undefined;
    }
    return undefined;
  };
}

/** The first matching second of a day, from the given one on. */
function firstTime({ hours, minutes, seconds }: ClockTimes, from: number): number | undefined {
  for (const hour of hours) {
    if ((hour + 1) * 3600 <= from) continue;
    for (const minute of minutes) {
      const start = hour * 3600 + minute * 60;
      const second = seconds.find((second) => start + second >= from);
      if (second !== undefined) return start + second;
    }
  }
  return undefined;
}

function seconds(time: string): number {
  const at = Date.parse(time) / 1000;
  if (Number.isNaN(at)) throw new RangeError(`'${time}' is no time in RFC 3339`);
  return at;
}

function text(at: number | undefined): string | undefined {
  return at === undefined ? undefined : wholeSecond(at * 1000);
}
