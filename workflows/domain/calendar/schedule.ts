/** A schedule as `temporal.config.ts` declares it, and what is worked out of it. */
import type { Duration } from '../duration.ts';
import { milliseconds } from '../duration.ts';
import type { Interval } from '../interval.ts';
import { fireTimes, type FireTimes } from './fire-times.ts';
import { repeatedHour } from './repeated-hour.ts';
import type { Timetable } from './timetable.ts';

export interface ScheduleDeclaration {
  /** Unique within a Temporal namespace; also the schedule's ID there. */
  readonly name: string;
  readonly pipeline: string;
  /** Project or partition. Runs of one pipeline and key come from one schedule, for their IDs differ by time alone. */
  readonly key?: string;
  readonly params?: unknown;
  readonly tags?: readonly string[];
  readonly timetable: Timetable;
  /** RFC 3339: no interval begins before it. */
  readonly start?: string;
  /** RFC 3339: no interval ends after it. */
  readonly end?: string;
  /** Starts come late by a random part of this; nominal times and intervals stay. */
  readonly jitter?: Duration;
  /**
   * What becomes of intervals that were due while nothing could start, because of an outage or a pause. `none`: the
   * one whose successor is not due yet still runs; `all`: each runs; a window: those due within it run. The others
   * are listed as skipped. `none` by default.
   */
  readonly catchup?: 'none' | 'all' | { readonly within: Duration };
  /**
   * When a run is due and the one before has not ended: wait for it (the default), leave it out, or run beside it
   * (the default where the pipeline has `maxActiveRuns`, which then queues what is too much).
   */
  readonly overlap?: 'queue' | 'skip' | 'parallel';
  /** Only when it is made: afterwards `pause` and `resume` decide. */
  readonly paused?: boolean;
}

/** Beyond any outage; Temporal's own default would forget after a year. Seconds. */
const FOR_EVER = 100 * 365 * 86_400;
/** Temporal takes a shorter one for this. Seconds. */
const SHORTEST_WINDOW = 10;
/** So many periods tell the shortest one of any timetable that people write. */
const PERIODS = 64;
const ANY_DAY = '2026-01-01T00:00:00Z';
const EARLIEST = '2000-01-01T00:00:00Z';
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Everything that is wrong with a declaration by itself; empty for a good one. */
export function scheduleProblems(declaration: ScheduleDeclaration): string[] {
  const { name, timetable, start, end, jitter = 0, catchup } = declaration;
  const problems = NAME.test(name) ? [] : [`'${name}' is no schedule name: ${NAME.source}`];
  const check = (body: () => unknown): void => {
    try {
      body();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(error.message);
    }
  };
  for (const time of [start, end]) {
    if (time !== undefined && !isTime(time)) problems.push(`'${time}' is no time in RFC 3339`);
  }
  check(() => milliseconds(jitter));
  check(() => typeof catchup === 'object' && milliseconds(catchup.within));
  if (problems.length > 0) return problems;
  check(() => {
    if (fireTimes(timetable).next(ANY_DAY) === undefined) problems.push('it never fires');
    else if (fireTimesOf(declaration).next(EARLIEST) === undefined) {
      problems.push(`no interval lies between start ${start} and end ${end}`);
    }
    const lost = repeatedHour(timetable);
    if (lost !== undefined) {
      problems.push(
        `it fires several times in the hour that comes twice (at ${lost}), and Temporal would lose some of them: take UTC, or other hours`,
      );
    }
  });
  return problems;
}

/** Bounded by start and end. */
export function fireTimesOf({ timetable, start, end }: Bounded): Pick<FireTimes, 'next'> {
  const times = fireTimes(timetable);
  const first = start === undefined ? undefined : firstBegin({ timetable, start });
  return {
    next: (time) => {
      const after = first !== undefined && Date.parse(time) < Date.parse(first) ? first : time;
      const next = times.next(after);
      return next !== undefined && end !== undefined && Date.parse(next) > Date.parse(end) ? undefined : next;
    },
  };
}

type Bounded = Pick<ScheduleDeclaration, 'timetable' | 'start' | 'end'>;

/** Where the first interval begins; the schedule fires only after it. */
export function firstBegin({ timetable, start }: Bounded): string | undefined {
  if (start === undefined) return undefined;
  const times = fireTimes(timetable);
  return times.has(start) ? start : times.next(start);
}

/** How late a run may start, in seconds. */
export function catchupWindow({
  catchup = 'none',
  timetable,
}: Pick<ScheduleDeclaration, 'catchup' | 'timetable'>): number {
  if (catchup === 'all') return FOR_EVER;
  const seconds = catchup === 'none' ? shortestPeriod(timetable) : milliseconds(catchup.within) / 1000;
  return Math.max(SHORTEST_WINDOW, Math.ceil(seconds));
}

/** The intervals that were due in (after, until], the newest `most` of them, from the newest to the oldest. */
export function dueIntervals(
  schedule: Bounded,
  { after, until, most }: { after: string; until: string; most: number },
): Interval[] {
  const times = fireTimes(schedule.timetable);
  const first = firstBegin(schedule) ?? after;
  const [earliest, latest] = [later(after, first), earlier(until, schedule.end ?? until)];
  const intervals: Interval[] = [];
  let end = times.has(latest) ? latest : times.previous(latest);
  while (end !== undefined && Date.parse(end) > Date.parse(earliest) && intervals.length < most) {
    const start = times.previous(end);
    intervals.push({ start: start ?? end, end });
    end = start;
  }
  return intervals;
}

/** Seconds. Always measured from the same day, for what is worked out today must hold tomorrow. */
function shortestPeriod(timetable: Timetable): number {
  const times = fireTimes(timetable);
  const seen: number[] = [];
  let at = times.next(ANY_DAY);
  while (at !== undefined && seen.length <= PERIODS) {
    seen.push(Date.parse(at) / 1000);
    at = times.next(at);
  }
  return seen.reduce((shortest, at, index) => Math.min(shortest, at - (seen[index - 1] ?? 0)), FOR_EVER);
}

function later(one: string, other: string): string {
  return Date.parse(one) > Date.parse(other) ? one : other;
}

function earlier(one: string, other: string): string {
  return Date.parse(one) < Date.parse(other) ? one : other;
}

function isTime(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(value) && Number.isFinite(Date.parse(value));
}
