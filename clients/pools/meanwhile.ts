/** What those who wait for a pool have of others until they get their turn, as their runs know it. */
import type { Client } from '@temporalio/client';

import { taskLabel } from '../../workflows/domain/activity-id.ts';
import type { Kept, PoolQueue, WaitingPlace } from '../../workflows/domain/pool/deadlock.ts';
import type { PoolHolder } from '../../workflows/domain/pool/messages.ts';
import { wholeRecord, type PageAsked, type RecordPage } from '../../workflows/domain/record-pages.ts';
import { RECORD_QUERY, type TaskRecord } from '../../workflows/domain/run-record.ts';

/** Milliseconds; a run that does not answer is taken to keep nothing. */
const ANSWER = 5_000;

/** Only runs that have slots of one pool and wait for another are asked. */
export async function withMeanwhile<Listed extends PoolQueue>(
  client: Client,
  pools: readonly Listed[],
): Promise<(Listed & PoolQueue)[]> {
  const tasks = new Map<string, Promise<readonly TaskRecord[]>>();
  const keptBy = async (pool: string, place: WaitingPlace): Promise<readonly Kept[]> => {
    const { holder, id } = place;
    const elsewhere = pools
      .filter(({ name }) => name !== pool)
      .flatMap(({ name, held }) =>
        held.flatMap((one) =>
          isSame(one.holder, holder) ? [{ pool: name, id: one.id, slots: one.slots }] : [],
        ),
      );
    if (elsewhere.length === 0) return [];
    const asked = tasks.get(holder.workflowId) ?? tasksOf(client, holder);
    tasks.set(holder.workflowId, asked);
    const around = labelsAround(await asked, labelOf(id));
    return elsewhere.filter((one) => around.has(labelOf(one.id)));
  };
  const told = async (pool: string, place: WaitingPlace): Promise<WaitingPlace> => {
    const meanwhile = await keptBy(pool, place);
    return meanwhile.length === 0 ? place : { ...place, meanwhile };
  };
  return Promise.all(
    pools.map(async (pool) => ({
      ...pool,
      waiting: await Promise.all(pool.waiting.map((place) => told(pool.name, place))),
    })),
  );
}

async function tasksOf(client: Client, { workflowId }: PoolHolder): Promise<readonly TaskRecord[]> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { tasks } = await client.withDeadline(Date.now() + ANSWER, () =>
      wholeRecord((page) => handle.query<RecordPage, [PageAsked]>(RECORD_QUERY, page)),
    );
    return tasks;
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

/** Tasks whose bodies it comes from. */
function labelsAround(tasks: readonly TaskRecord[], label: string): ReadonlySet<string> {
  const within = new Map(tasks.map((task) => [taskLabel(task.name, task.index), task.within]));
  const around = new Set<string>();
  for (let outer = within.get(label); outer !== undefined; outer = within.get(outer)) around.add(outer);
  return around;
}

/** Of a ticket's ID, `<label>/<try>`. */
function labelOf(id: string): string {
  return id.replace(/\/\d+$/, '');
}

function isSame(one: PoolHolder, other: PoolHolder): boolean {
  return one.workflowId === other.workflowId && one.firstRunId === other.firstRunId;
}
