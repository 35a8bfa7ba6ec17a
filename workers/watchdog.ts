/** The watchdog's schedule, and how it learns which schedules stand on the server. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';

import type { ExpectedSchedule } from '../activities/deadlines/contract.ts';
import type { RunSchedule } from '../workflows/domain/calendar/run-interval.ts';
import type { ScheduleDeclaration } from '../workflows/domain/calendar/schedule.ts';

/** Installations that share a namespace have queues of their own. Made anew where it is missing. */
export async function ensureWatchdog(client: Client, taskQueue: string): Promise<void> {
  const id = `assay-watchdog.${taskQueue}`;
  try {
    await client.schedule.create({
      scheduleId: id,
      spec: { intervals: [{ every: '1m' }] },
      action: { type: 'startWorkflow', workflowType: 'watchdog', workflowId: id, taskQueue, args: [] },
      // A look covers all the time since the one before.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** Of the declared ones those that are applied and not paused: what somebody has paused is not late. */
export function createExpectedSchedules(
  client: Client,
  declared: readonly ScheduleDeclaration[],
): (pipelines: ReadonlySet<string>) => Promise<ExpectedSchedule[]> {
  return async (pipelines) => {
    const watched = declared.filter(({ pipeline }) => pipelines.has(pipeline));
    const described = await Promise.all(watched.map(({ name }) => describe(client, name)));
    return watched.flatMap((schedule, at) => expected(schedule, described[at]));
  };
}

function expected(
  { pipeline, key, timetable, start, end }: ScheduleDeclaration,
  description: ScheduleDescription | undefined,
): ExpectedSchedule[] {
  if (description === undefined || description.state.paused) return [];
  const [input] = (description.action.args ?? []) as { schedule?: RunSchedule }[];
  return [
    {
      pipeline,
      ...(key !== undefined && { key }),
      // As applied: what is declared since then is not in force.
      timetable: input?.schedule?.timetable ?? timetable,
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      since: input?.schedule?.since ?? description.info.createdAt.toISOString(),
    },
  ];
}

async function describe(client: Client, name: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(name).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
