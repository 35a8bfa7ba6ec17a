/** A declared schedule in the form of Temporal's server, and the same form read back from it. */
import {
  ScheduleOverlapPolicy,
  type CalendarSpecDescription,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import type { ClockTimes } from '../../workflows/domain/calendar/clock-times.ts';
import type { RunSchedule } from '../../workflows/domain/calendar/run-interval.ts';
import {
  catchupWindow,
  firstBegin,
  type ScheduleDeclaration,
} from '../../workflows/domain/calendar/schedule.ts';
import { gridOf, type Grid } from '../../workflows/domain/calendar/timetable.ts';
import { milliseconds } from '../../workflows/domain/duration.ts';
import type { RunInput } from '../../workflows/domain/run-input.ts';
import { Refusal } from '../refusal.ts';

/** What the runs of a schedule are started with. */
export type ScheduledInput = Omit<RunInput, 'schedule'> & { readonly schedule: RunSchedule };

/** All that a declaration decides on, comparable field by field. */
export interface ServerForm<Input = ScheduledInput> {
  readonly pipeline: string;
  /** The server appends `-<nominal time>`: together they are the run's ID. */
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly input: Input;
  readonly calendars: readonly CalendarSpecDescription[];
  readonly intervals: readonly { readonly every: number; readonly offset: number }[];
  readonly skip: readonly CalendarSpecDescription[];
  readonly timezone: string;
  readonly startAt: string | undefined;
  readonly endAt: string | undefined;
  /** Milliseconds, as the next one. */
  readonly jitter: number;
  readonly catchupWindow: number;
  readonly overlap: ScheduleOverlapPolicy;
}

const OVERLAP = {
  queue: ScheduleOverlapPolicy.BUFFER_ALL,
  skip: ScheduleOverlapPolicy.SKIP,
  parallel: ScheduleOverlapPolicy.ALLOW_ALL,
} as const;

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;
const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/** @param since from when on the timetable holds, RFC 3339 */
export function serverForm(declared: ScheduleDeclaration, taskQueue: string, since: string): ServerForm {
  const { name, pipeline, key, params, tags, timetable, overlap = 'queue' } = declared;
  const first = firstBegin(declared);
  return {
    pipeline,
    workflowId: key === undefined ? pipeline : `${pipeline}.${key}`,
    taskQueue,
    input: {
      ...(params !== undefined && { params }),
      ...(key !== undefined && { key }),
      ...(tags !== undefined && { tags }),
      schedule: { name, timetable, since },
    },
    ...times(gridOf(timetable)),
    // The interval that begins there is due when the next fire time comes.
    startAt: first === undefined ? undefined : new Date(Date.parse(first) + 1000).toISOString(),
    endAt: declared.end === undefined ? undefined : new Date(declared.end).toISOString(),
    jitter: milliseconds(declared.jitter ?? 0),
    catchupWindow: catchupWindow(declared) * 1000,
    overlap: OVERLAP[overlap],
  };
}

/** What the server has now; its input is anything, for it may have been altered there. */
export function describedForm({
  action,
  spec,
  policies,
}: ScheduleDescription): ServerForm<ScheduledInput | undefined> {
  const { calendars = [], intervals = [], skip = [], timezone = 'UTC', startAt, endAt, jitter = 0 } = spec;
  return {
    pipeline: action.workflowType,
    workflowId: action.workflowId ?? '',
    taskQueue: action.taskQueue,
    input: action.args?.[0] as ScheduledInput | undefined,
    calendars: calendars.map(withoutComment),
    intervals,
    skip: skip.map(withoutComment),
    timezone,
    startAt: startAt?.toISOString(),
    endAt: endAt?.toISOString(),
    jitter,
    catchupWindow: policies.catchupWindow,
    overlap: policies.overlap,
  };
}

/** @throws Refusal ScheduleAltered where it no longer tells its runs of itself */
export function intactForm(description: ScheduleDescription): ServerForm {
  const { input, ...form } = describedForm(description);
  if (typeof input?.schedule?.timetable === 'object') return { ...form, input };
  const message = `${description.scheduleId} has been altered on the server: it tells its runs no timetable`;
  throw new Refusal('ScheduleAltered', message, { next: 'assay schedules apply' });
}

/** As the client sends it. */
export function toOptions(form: ServerForm): Pick<ScheduleOptions, 'action' | 'spec' | 'policies'> {
  const { startAt, endAt } = form;
  return {
    action: {
      type: 'startWorkflow',
      workflowType: form.pipeline,
      workflowId: form.workflowId,
      taskQueue: form.taskQueue,
      args: [form.input],
    },
    spec: {
      calendars: [...form.calendars],
      intervals: [...form.intervals],
      skip: [...form.skip],
      timezone: form.timezone,
      jitter: form.jitter,
      ...(startAt !== undefined && { startAt: new Date(startAt) }),
      ...(endAt !== undefined && { endAt: new Date(endAt) }),
    },
    policies: { overlap: form.overlap, catchupWindow: form.catchupWindow },
  };
}

function times(grid: Grid): Pick<ServerForm, 'calendars' | 'intervals' | 'skip' | 'timezone'> {
  if (grid.kind === 'every') {
    const { every, offset } = grid;
    const interval = { every: every * 1000, offset: offset * 1000 };
    return { calendars: [], intervals: [interval], skip: [], timezone: 'UTC' };
  }
  return {
    calendars: grid.times.map(calendar),
    intervals: [],
    skip: grid.except.map(wholeDay),
    timezone: grid.timezone,
  };
}

function calendar({ seconds, minutes, hours, days, months, weekdays }: ClockTimes): CalendarSpecDescription {
  return {
    second: ranges(seconds, Number),
    minute: ranges(minutes, Number),
    hour: ranges(hours, Number),
    dayOfMonth: ranges(days, Number),
    month: ranges(months, (month) => MONTHS[month - 1] ?? 'JANUARY'),
    year: [],
    dayOfWeek: ranges(weekdays, (day) => WEEKDAYS[day] ?? 'SUNDAY'),
  };
}

function wholeDay(date: string): CalendarSpecDescription {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const all = (last: number): { start: number; end: number; step: number }[] => [
    { start: 0, end: last, step: 1 },
  ];
  return {
    ...calendar({ seconds: [], minutes: [], hours: [], days: [day], months: [month], weekdays: [] }),
    second: all(59),
    minute: all(59),
    hour: all(23),
    year: [{ start: year, end: year, step: 1 }],
    dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
  };
}

/** Values that follow one another become one range. */
function ranges<T>(
  values: readonly number[],
  name: (value: number) => T,
): { start: T; end: T; step: number }[] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.[1] === value - 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs.map(([start, end]) => ({ start: name(start), end: name(end), step: 1 }));
}

function withoutComment({
  comment: _comment,
  ...calendar
}: CalendarSpecDescription): CalendarSpecDescription {
  return calendar;
}
