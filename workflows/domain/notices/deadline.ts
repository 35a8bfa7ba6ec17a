/** Deadlines: by when a run or a task must have succeeded. */
import { formatDuration, milliseconds, type Duration } from '../duration.ts';
import type { Interval } from '../interval.ts';

export interface Deadline {
  /**
   * `interval-end`: the end of the data interval; `fire-time`: the nominal time of the run; `start`: of a run its first
   * attempt's start, of a task the time from which it was ready to run.
   */
  readonly after: 'interval-end' | 'fire-time' | 'start';
  readonly within: Duration;
  /** `name`, or `name[3]` in a map; the whole run by default. */
  readonly task?: string;
}

/** What a deadline is measured by. Times are RFC 3339. */
export interface DeadlineBase {
  readonly interval: Interval;
  readonly fireTime: string;
  /** Absent as long as it has not started. */
  readonly startedAt?: string;
}

/** A deadline that went by. */
export interface MissedDeadline {
  readonly deadline: Deadline;
  /** RFC 3339. */
  readonly dueAt: string;
}

/** RFC 3339; `undefined` where nothing has started that it is counted from. @throws RangeError for no duration */
export function dueAt({ after, within }: Deadline, base: DeadlineBase): string | undefined {
  const from = { 'interval-end': base.interval.end, 'fire-time': base.fireTime, start: base.startedAt }[
    after
  ];
  return from === undefined ? undefined : new Date(Date.parse(from) + milliseconds(within)).toISOString();
}

/** The same for every attempt: a run misses a deadline once. */
export function deadlineKey(run: string, { after, within, task }: Deadline): string {
  return [run, ...(task === undefined ? [] : [task]), 'deadline', `${after}+${milliseconds(within)}`].join(
    '/',
  );
}

/** `within 2 h 0 min of its interval's end`. */
export function describeDeadline({ after, within }: Deadline): string {
  const from = {
    'interval-end': "of its interval's end",
    'fire-time': 'of its fire time',
    start: 'of its start',
  }[after];
  return `within ${formatDuration(milliseconds(within))} ${from}`;
}
