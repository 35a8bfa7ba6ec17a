/** What would have to change on the server for it to have the declared schedules, and none besides that we made. */
import { isDeepStrictEqual } from 'node:util';
import type { RunSchedule } from '../../workflows/domain/calendar/run-interval.ts';
import { firstBegin, type ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import { wholeSecond } from '../../workflows/domain/run-id.ts';
import { declaredSchedules } from './declared.ts';
import { findSchedule, markedSchedules } from './find.ts';
import { describedForm, serverForm, type ServerForm } from './server-form.ts';
import type { ScheduleServices } from './services.ts';

export interface PlannedSchedule {
  readonly name: string;
  readonly change: 'create' | 'update' | 'remove' | 'none';
  /** By field; `from` is absent in what is created. */
  readonly differences: readonly Difference[];
  /** What the server is to have; absent where it is to be removed. */
  readonly form?: ServerForm;
  /** Whether it is made so that it waits for `resume`. */
  readonly paused?: boolean;
}

interface Difference {
  readonly field: keyof ServerForm;
  readonly from?: unknown;
  readonly to: unknown;
}

/** In the order of the declarations; what is to be removed comes last. @throws Refusal InvalidSchedules, ScheduleTaken */
export async function planSchedules(services: ScheduleServices): Promise<PlannedSchedule[]> {
  const declared = declaredSchedules(services);
  const planned = await Promise.all(declared.map((schedule) => plan(services, schedule)));
  const wanted = new Set(declared.map(({ name }) => name));
  const unwanted = await standing(
    services,
    (await markedSchedules(services)).filter((name) => !wanted.has(name)),
  );
  return [...planned, ...unwanted.map((name) => ({ name, change: 'remove' as const, differences: [] }))];
}

/** The server lists what was removed a moment ago. */
async function standing(services: ScheduleServices, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => findSchedule(services, name)));
  return names.filter((_name, at) => found[at] !== undefined);
}

async function plan(services: ScheduleServices, given: ScheduleDeclaration): Promise<PlannedSchedule> {
  const declared = { overlap: overlapOf(services, given), ...given };
  const { name, paused = false } = declared;
  const found = await findSchedule(services, name);
  const now = wholeSecond(Date.now());
  if (found === undefined) {
    const form = serverForm(declared, services.taskQueue, beginning(declared, now));
    return { name, change: 'create', differences: [], form, paused };
  }
  const current = describedForm(found.description);
  const form = serverForm(declared, services.taskQueue, since(current.input?.schedule, declared, now));
  const differences = differencesOf(current, form);
  return { name, change: differences.length === 0 ? 'none' : 'update', differences, form };
}

/** Of a pipeline that counts its own runs each is started: those beyond the number are queued there, and seen. */
function overlapOf(
  { pipelines }: ScheduleServices,
  { pipeline }: ScheduleDeclaration,
): NonNullable<ScheduleDeclaration['overlap']> {
  return pipelines.get(pipeline)?.maxActiveRuns === undefined ? 'queue' : 'parallel';
}

/** With catchup, a start in the past makes intervals due at once. */
function beginning(declared: ScheduleDeclaration, now: string): string {
  const first = (declared.catchup ?? 'none') === 'none' ? undefined : firstBegin(declared);
  return first !== undefined && Date.parse(first) < Date.parse(now) ? first : now;
}

/** Another timetable holds from now on; what the old one had due is not sought at the new one's times. */
function since(current: RunSchedule | undefined, { timetable }: ScheduleDeclaration, now: string): string {
  const same = isDeepStrictEqual(current?.timetable, plain(timetable));
  return (same ? current?.since : undefined) ?? now;
}

function differencesOf(current: ServerForm<unknown>, wanted: ServerForm): Difference[] {
  const fields = Object.keys(wanted) as (keyof ServerForm)[];
  return fields
    .map((field) => ({ field, from: plain(current[field]), to: plain(wanted[field]) }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
}

/** As it is after it has travelled: what is undefined is not there. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
