/** Runs what is due and has no run, as the schedule itself would have: in order, and no more at once. */
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { FoundSchedule } from './find.ts';
import { missedIntervals, type MissedInterval } from './missed.ts';
import type { ScheduleServices } from './services.ts';

/** Milliseconds before and after a nominal time: it alone lies between. */
const AROUND = 500;

/** Nothing while the schedule is paused. */
export async function catchUp(services: ScheduleServices, found: FoundSchedule): Promise<void> {
  if (!found.description.state.paused) await startDue(found, await dueRuns(services, found));
}

/** The oldest first. */
export async function dueRuns(
  services: ScheduleServices,
  { description }: FoundSchedule,
): Promise<MissedInterval[]> {
  const missed = await missedIntervals(services, description);
  return missed.filter(({ state }) => state === 'due').toReversed();
}

/** @returns IDs of the runs that the server has been asked for */
export async function startDue(
  { handle, description }: FoundSchedule,
  due: readonly MissedInterval[],
): Promise<string[]> {
  const { overlap } = description.policies;
  const backfills = due.map(({ interval }) => ({
    start: new Date(Date.parse(interval.end) - AROUND),
    end: new Date(Date.parse(interval.end) + AROUND),
    overlap: overlap === 'SKIP' ? ScheduleOverlapPolicy.BUFFER_ALL : overlap,
  }));
  if (backfills.length > 0) await handle.backfill(backfills);
  return due.map(({ run }) => run);
}
