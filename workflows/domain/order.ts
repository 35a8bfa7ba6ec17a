/** The order of a pipeline's runs in time: which run is the one before, and whether one is the newest. */
import { fireTimes } from './calendar/fire-times.ts';
import type { RunSchedule } from './calendar/run-interval.ts';
import type { Interval } from './interval.ts';
import { formatRunId, wholeSecond } from './run-id.ts';

/** Of whoever came before: that it succeeded, or merely that it is over. */
export type Past = 'success' | 'end';

/** Where a run stands in time. */
export interface RunPosition {
  readonly pipeline: string;
  readonly key?: string;
  readonly interval: Interval;
  /** Where one started it: it tells what was due before, and what is due next. */
  readonly schedule?: RunSchedule;
}

/** The run of the interval before; `undefined` for one that has no interval of its own. */
export function runBefore({ pipeline, key, interval: { start, end } }: RunPosition): string | undefined {
  if (Date.parse(start) >= Date.parse(end)) return undefined;
  return formatRunId({ pipeline, fireTime: start, ...(key !== undefined && { key }) });
}

/** Whether the schedule was there already when the interval before ended: then that was due, and is not just missing. */
export function wasDueBefore({ schedule, interval }: RunPosition): boolean {
  if (schedule?.since === undefined) return false;
  return (
    Date.parse(interval.start) > Date.parse(schedule.since) &&
    fireTimes(schedule.timetable).has(interval.start)
  );
}

/**
 * Whether no later interval is due: by the schedule, or, without one, within an interval's length of its end.
 * @param now milliseconds since 1970
 */
export function isLatest({ schedule, interval: { start, end } }: RunPosition, now: number): boolean {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  if (schedule === undefined) return to === from || now < to + (to - from);
  const next = fireTimes(schedule.timetable).next(wholeSecond(to));
  return next === undefined || now < Date.parse(next);
}
