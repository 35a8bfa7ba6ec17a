/** The schedules that the server has of ours: when they fire next, and what they missed. */
import { fireTimesOf } from '../../workflows/domain/calendar/schedule.ts';
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import { wholeSecond } from '../../workflows/domain/run-id.ts';
import { findSchedule, markedSchedules, type FoundSchedule } from './find.ts';
import { missedIntervals, type MissedInterval } from './missed.ts';
import { intactForm } from './server-form.ts';
import type { ScheduleServices } from './services.ts';

export interface ListedSchedule {
  readonly name: string;
  readonly pipeline: string;
  readonly key?: string;
  readonly params?: unknown;
  readonly timetable: Timetable;
  readonly paused: boolean;
  /** Why it is paused, or whatever was last said of it. */
  readonly note?: string;
  /** Nominal times, RFC 3339; also those of a paused schedule, which pass without a run. */
  readonly next: readonly string[];
  readonly running: readonly string[];
  /** Among the last 100 nominal times, from the newest to the oldest. */
  readonly missed: readonly MissedInterval[];
}

const NEXT = 5;

export async function listSchedules(services: ScheduleServices): Promise<ListedSchedule[]> {
  // A schedule that was made a moment ago is not listed yet.
  const declared = services.schedules.map(({ name }) => name);
  const names = new Set([...declared, ...(await markedSchedules(services))]);
  const found = await Promise.all([...names].map((name) => findSchedule(services, name)));
  return Promise.all(found.filter((one) => one !== undefined).map((one) => listed(services, one)));
}

async function listed(services: ScheduleServices, { description }: FoundSchedule): Promise<ListedSchedule> {
  const { pipeline, input, startAt, endAt } = intactForm(description);
  const { note, paused } = description.state;
  return {
    name: description.scheduleId,
    pipeline,
    ...(input.key !== undefined && { key: input.key }),
    ...(input.params !== undefined && { params: input.params }),
    timetable: input.schedule.timetable,
    paused,
    ...(note !== undefined && note !== '' && { note }),
    next: nextTimes(input.schedule.timetable, startAt, endAt),
    running: description.info.runningActions.map(({ workflow }) => workflow.workflowId),
    missed: await missedIntervals(services, description),
  };
}

function nextTimes(timetable: Timetable, startAt: string | undefined, endAt: string | undefined): string[] {
  const times = fireTimesOf({ timetable, ...(endAt !== undefined && { end: endAt }) });
  const from = Math.max(Date.now(), startAt === undefined ? 0 : Date.parse(startAt) - 1000);
  const next: string[] = [];
  for (let at = times.next(wholeSecond(from)); at !== undefined && next.length < NEXT; at = times.next(at)) {
    next.push(at);
  }
  return next;
}
