/** Looks at a task queue: the server knows what waits, and by their heartbeats what the workers have at hand. */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

import type { QueueLoad } from './contract.ts';

type ListedWorker = temporal.api.worker.v1.IWorkerInfo;

/** `TaskQueueType` of the protocol. */
const TYPES = { workflow: 1, activity: 2 };
/** A worker that was silent for so long is gone: some of its heartbeats. */
const SILENT_SECONDS = 150;
const PAGE = 200;

/** @param queue as people call it. @param taskQueue as Temporal does */
export async function queueLoad(client: Client, queue: string, taskQueue: string): Promise<QueueLoad> {
  const [workflows, activities, workers] = await Promise.all([
    waiting(client, taskQueue, TYPES.workflow),
    waiting(client, taskQueue, TYPES.activity),
    workersOf(client, taskQueue),
  ]);
  const slots = workers.map(({ workerHeartbeat }) => workerHeartbeat?.activityTaskSlotsInfo ?? {});
  const used = sum(slots.map(({ currentUsedSlots }) => currentUsedSlots ?? 0));
  return {
    queue,
    backlog: workflows.backlog + activities.backlog,
    backlogAge: Math.max(workflows.age, activities.age),
    slots: used + sum(slots.map(({ currentAvailableSlots }) => currentAvailableSlots ?? 0)),
    slotsUsed: used,
  };
}

async function waiting(
  client: Client,
  name: string,
  taskQueueType: number,
): Promise<{ backlog: number; age: number }> {
  const { stats } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType,
    reportStats: true,
  });
  return {
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    age: Number(stats?.approximateBacklogAge?.seconds ?? 0),
  };
}

async function workersOf(client: Client, taskQueue: string): Promise<ListedWorker[]> {
  const found: ListedWorker[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.listWorkers({
      namespace: client.options.namespace,
      pageSize: PAGE,
      query: `TaskQueue="${taskQueue}"`,
      ...(nextPageToken && { nextPageToken }),
    });
    found.push(...(page.workersInfo ?? []));
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken);
  return found.filter(isThere);
}

function isThere({ workerHeartbeat: heartbeat }: ListedWorker): boolean {
  const at = Number(heartbeat?.heartbeatTime?.seconds ?? 0);
  return Date.now() / 1000 - at < SILENT_SECONDS;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
