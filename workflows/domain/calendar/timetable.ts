/** When a schedule fires, as its author writes it, and as sets of clock times that Temporal's server takes over unchanged. */
import type { Duration } from '../duration.ts';
import { milliseconds } from '../duration.ts';
import { range, sorted, type ClockTimes } from './clock-times.ts';
import { parseCron } from './cron.ts';
import { createZone } from './zone.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Weekday = (typeof DAYS)[number];

/** Days named as people name them; a day matches when all that is said of it holds. */
interface NamedDays {
  /** Times of day, `06:00` or `06:00:30`. */
  readonly at: readonly string[];
  readonly days?: 'workdays' | readonly Weekday[];
  /** Days of the month, 1 to 31; a month that lacks one is passed over. */
  readonly dates?: readonly number[];
  /** 1 to 12. */
  readonly months?: readonly number[];
}

interface Local {
  /**
   * IANA name; UTC by default. A time that daylight saving leaps over doesn't fire. One that it repeats
   * fires once, the second time, and twice where the clock is behind UTC: so Temporal's server has it.
   */
  readonly timezone?: string;
  /** Local dates on which nothing fires, such as holidays: `2026-12-25`. */
  readonly except?: readonly string[];
}

export type Timetable =
  /** Five fields, or six with seconds first, or a preset such as `@daily`. */
  | ({ readonly cron: string } & Local)
  | ({ readonly on: NamedDays } & Local)
  /** Counted from 1970-01-01T00:00:00Z, so that it needs no anchor. */
  | { readonly every: Duration; readonly offset?: Duration };

export type Grid =
  | {
      readonly kind: 'clock';
      /** A time fires when it matches one of them. */
      readonly times: readonly ClockTimes[];
      readonly timezone: string;
      readonly except: readonly string[];
    }
  /** Seconds. */
  | { readonly kind: 'every'; readonly every: number; readonly offset: number };

/** @throws RangeError that says what is wrong with it */
export function gridOf(timetable: Timetable): Grid {
  if ('every' in timetable) return everyGrid(timetable);
  const { timezone = 'UTC', except = [] } = timetable;
  checkTimezone(timezone);
  except.forEach(checkDate);
  const times = 'cron' in timetable ? parseCron(timetable.cron) : namedTimes(timetable.on);
  return { kind: 'clock', times, timezone: alike(times, except, timezone) ? 'UTC' : timezone, except };
}

/** Where all hours are alike and the zone is whole hours from UTC, UTC says the same and never leaps. */
function alike(times: readonly ClockTimes[], except: readonly string[], timezone: string): boolean {
  const [first, ...more] = times;
  if (first === undefined || more.length > 0 || except.length > 0) return false;
  const { hours, days, months, weekdays } = first;
  if (hours.length + days.length + months.length + weekdays.length < 24 + 31 + 12 + 7) return false;
  const zone = createZone(timezone);
  return range(0, 11).every((month) => zone(Date.UTC(2026, month) / 1000).offset % 3600 === 0);
}

function everyGrid({ every, offset = 0 }: { every: Duration; offset?: Duration }): Grid {
  const [seconds, phase] = [milliseconds(every) / 1000, milliseconds(offset) / 1000];
  if (!Number.isInteger(seconds) || seconds < 1 || !Number.isInteger(phase)) {
    throw new RangeError(`every ${every}, offset ${offset}: whole seconds are expected, at least one`);
  }
  return { kind: 'every', every: seconds, offset: phase % seconds };
}

/** Times of day differ in all their parts, so each is a set of its own. */
function namedTimes({ at, days, dates, months }: NamedDays): ClockTimes[] {
  if (at.length === 0) throw new RangeError('`at` names no time of day: write for example 06:00');
  const shared = {
    days: within('dates', dates, 1, 31),
    months: within('months', months, 1, 12),
    weekdays: days === 'workdays' ? range(1, 5) : weekdays(days),
  };
  return at.map((time) => ({ ...timeOfDay(time), ...shared }));
}

function timeOfDay(time: string): Pick<ClockTimes, 'hours' | 'minutes' | 'seconds'> {
  const [, hour, minute, second = '0'] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(time) ?? [];
  if (hour === undefined || minute === undefined) {
    throw new RangeError(`'${time}' is no time of day: write for example 06:00 or 23:59:30`);
  }
  return { hours: [Number(hour)], minutes: [Number(minute)], seconds: [Number(second)] };
}

function weekdays(names: readonly Weekday[] | undefined): number[] {
  const numbers = (names ?? DAYS).map((name) => DAYS.indexOf(name));
  if (numbers.length === 0 || numbers.includes(-1)) {
    throw new RangeError(`days are ${DAYS.join(', ')} or 'workdays'; given: ${JSON.stringify(names)}`);
  }
  return sorted(numbers);
}

function within(what: string, given: readonly number[] | undefined, first: number, last: number): number[] {
  const wrong = given?.filter((value) => !Number.isInteger(value) || value < first || value > last);
  if (wrong !== undefined && (wrong.length > 0 || given?.length === 0)) {
    throw new RangeError(
      `${what} are whole numbers from ${first} to ${last}; given: ${JSON.stringify(given)}`,
    );
  }
  return given === undefined ? range(first, last) : sorted(given);
}

function checkTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: timezone });
  } catch {
    throw new RangeError(`'${timezone}' is no time zone: write an IANA name such as Europe/Berlin`);
  }
}

function checkDate(date: string): void {
  const time = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(date)) {
    throw new RangeError(`'${date}' is no date: write for example 2026-12-25`);
  }
}
