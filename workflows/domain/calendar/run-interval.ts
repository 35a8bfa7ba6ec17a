/** The data interval that a run of a schedule is responsible for. Intervals of one timetable tile the time line. */
import type { Interval } from '../interval.ts';
import { fireTimes } from './fire-times.ts';
import type { Timetable } from './timetable.ts';

/** What a schedule hands its runs, so that each can tell its interval from its fire time alone. */
export interface RunSchedule {
  readonly name: string;
  readonly timetable: Timetable;
  /** RFC 3339; from when on the timetable holds: what fired before is not missed. */
  readonly since?: string;
}

export interface NominalInterval {
  readonly interval: Interval;
  /** False for a time at which the schedule does not fire: somebody triggered it. */
  readonly onGrid: boolean;
}

/**
 * From the fire time before to this one; for a time off the grid the last complete interval.
 * @throws RangeError where the timetable has no two fire times before
 */
export function runInterval(timetable: Timetable, fireTime: string): NominalInterval {
  const times = fireTimes(timetable);
  const onGrid = times.has(fireTime);
  const end = onGrid ? fireTime : times.previous(fireTime);
  const start = end === undefined ? undefined : times.previous(end);
  if (end === undefined || start === undefined) {
    throw new RangeError(`${JSON.stringify(timetable)} has no complete interval up to ${fireTime}`);
  }
  return { interval: { start, end }, onGrid };
}
