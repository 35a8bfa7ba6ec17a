/** The data intervals of a timetable between two times, one at a time: ten thousand of them need no list. */
import type { Interval } from '../interval.ts';
import { fireTimes, type FireTimes } from './fire-times.ts';
import type { Timetable } from './timetable.ts';

export interface IntervalRange {
  readonly timetable: Timetable;
  /** RFC 3339; only intervals that lie wholly between the two. */
  readonly from: string;
  readonly to: string;
  readonly order: 'forwards' | 'backwards';
}

/**
 * @param after the interval that was given last; by default it begins with the first
 * @throws RangeError for a timetable that can't be read
 */
export function intervalsWithin(range: IntervalRange, after?: Interval): Generator<Interval> {
  const times = fireTimes(range.timetable);
  return range.order === 'forwards' ? forwards(times, range, after) : backwards(times, range, after);
}

function* forwards(
  times: FireTimes,
  { from, to }: IntervalRange,
  after: Interval | undefined,
): Generator<Interval> {
  let start = after?.end ?? (times.has(from) ? from : times.next(from));
  while (start !== undefined) {
    const end = times.next(start);
    if (end === undefined || Date.parse(end) > Date.parse(to)) return;
    yield { start, end };
    start = end;
  }
}

function* backwards(
  times: FireTimes,
  { from, to }: IntervalRange,
  after: Interval | undefined,
): Generator<Interval> {
  let end = after?.start ?? (times.has(to) ? to : times.previous(to));
  while (end !== undefined) {
    const start = times.previous(end);
    if (start === undefined || Date.parse(start) < Date.parse(from)) return;
    yield { start, end };
    end = start;
  }
}
