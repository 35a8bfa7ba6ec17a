/** The schedules on the server that this installation made: they carry its mark. */
import {
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';
import { Refusal } from '../refusal.ts';
import type { ScheduleServices } from './services.ts';

export interface FoundSchedule {
  readonly handle: ScheduleHandle;
  readonly description: ScheduleDescription;
}

/** The mark: installations that share a namespace have queues of their own. */
export function mark({ taskQueue }: Pick<ScheduleServices, 'taskQueue'>): Record<string, unknown> {
  return { assaySchedules: taskQueue };
}

/** `undefined` where the server has none of this name. @throws Refusal ScheduleTaken where it isn't ours */
export async function findSchedule(
  services: ScheduleServices,
  name: string,
): Promise<FoundSchedule | undefined> {
  const handle = (await services.client()).schedule.getHandle(name);
  const description = await handle.describe().catch(unlessUnknown);
  if (description === undefined) return undefined;
  if (isMarked(services, description.memo)) return { handle, description };
  throw new Refusal(
    'ScheduleTaken',
    `${name} is a schedule that was not made by \`assay schedules apply\` here`,
    {
      next: 'give the one in temporal.config.ts another name',
    },
  );
}

/** @throws Refusal UnknownSchedule, ScheduleTaken */
export async function knownSchedule(services: ScheduleServices, name: string): Promise<FoundSchedule> {
  const found = await findSchedule(services, name);
  if (found !== undefined) return found;
  const declared = services.schedules.some((schedule) => schedule.name === name);
  throw declared
    ? new Refusal('NotApplied', `${name} is declared, but the server does not have it yet`, {
        next: 'assay schedules apply',
      })
    : new Refusal('UnknownSchedule', `no schedule is named ${name}`, { next: 'assay schedules list' });
}

/** Names of all that carry the mark, in order. */
export async function markedSchedules(services: ScheduleServices): Promise<string[]> {
  const client: Client = await services.client();
  const names: string[] = [];
  for await (const { scheduleId, memo } of client.schedule.list()) {
    if (isMarked(services, memo)) names.push(scheduleId);
  }
  return names.toSorted();
}

export function unlessUnknown(error: unknown): undefined {
  if (error instanceof ScheduleNotFoundError) return undefined;
  throw error;
}

function isMarked(services: ScheduleServices, memo: Record<string, unknown> | undefined): boolean {
  return Object.entries(mark(services)).every(([key, value]) => memo?.[key] === value);
}
