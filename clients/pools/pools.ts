/** The pools that there are: those declared, and one for each pipeline that limits its runs. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';

import { deadlocked, type WaitingPlace } from '../../workflows/domain/pool/deadlock.ts';
import { poolWorkflowId, runsPool } from '../../workflows/domain/pool/messages.ts';
import type { PoolView } from '../../workflows/domain/pool/pool.ts';
import { sizeProblem } from '../../workflows/domain/pool/size.ts';
import { Refusal } from '../refusal.ts';
import type { RunServices } from '../runs/services.ts';
import { withMeanwhile } from './meanwhile.ts';

export interface PoolServices extends Pick<RunServices, 'client' | 'pipelines' | 'taskQueue'> {
  /** Slots by the name of the pool, as `temporal.config.ts` declares them. */
  readonly pools: Readonly<Record<string, number>>;
}

export interface ListedPool extends PoolView {
  readonly name: string;
  /** Of those who have slots of other pools until they get their turn in this one: what they have. */
  readonly waiting: readonly ListedWaiting[];
  /** As the configuration says; `slots` differs where somebody has set another number. */
  readonly declared: number;
}

interface ListedWaiting extends WaitingPlace {
  /** It waits for others who wait for it: it will never be served. */
  readonly deadlocked?: true;
}

/** Milliseconds; without a worker a pool can't answer. */
const ANSWER = 5_000;

/** One that nobody has asked for anything yet has all its slots. @throws Refusal PoolSilent */
export async function listPools(services: PoolServices): Promise<ListedPool[]> {
  const client = await services.client();
  const declared = [...declaredPools(services)];
  const views = await Promise.all(
    declared.map(async ([name, slots]) => {
      const view = await viewOf(services, client, name);
      return { name, declared: slots, ...(view ?? { slots, used: 0, held: [], waiting: [] }) };
    }),
  );
  const pools = await withMeanwhile(client, views);
  const stuck = deadlocked(pools);
  const listed = (place: WaitingPlace): ListedWaiting =>
    stuck.has(place) ? { ...place, deadlocked: true } : place;
  return pools.map((pool) => ({ ...pool, waiting: pool.waiting.map(listed) }));
}

/**
 * Has a pool grant again that can't learn who held its slots: those who have not said so are not counted.
 * @throws Refusal UnknownPool, PoolIsOpen, PoolSilent
 */
export async function reopenPool(services: PoolServices, name: string): Promise<ListedPool> {
  const declared = slotsOf(services, name);
  const client = await services.client();
  const handle = client.workflow.getHandle(poolWorkflowId(name, services.taskQueue));
  try {
    const view = await client.withDeadline(Date.now() + ANSWER, () =>
      handle.executeUpdate<PoolView, []>('reopen'),
    );
    return { name, declared, ...view };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw new Refusal('PoolIsOpen', error.cause?.message ?? error.message, { next: 'assay pools list' });
    }
    if (!(error instanceof WorkflowNotFoundError)) throw silent(name, error);
    const message = `nobody has asked pool ${name} for anything yet: there is nothing to reopen`;
    throw new Refusal('PoolIsOpen', message, { next: 'assay pools list' });
  }
}

/** Holds until the configuration says another number than now. @throws Refusal UnknownPool, InvalidSlots, PoolSilent */
export async function resizePool(services: PoolServices, name: string, slots: number): Promise<ListedPool> {
  const declared = slotsOf(services, name);
  const problem = sizeProblem(slots);
  if (problem !== undefined) throw invalidSlots(problem);
  const client = await services.client();
  const { taskQueue } = services;
  const workflowId = poolWorkflowId(name, taskQueue);
  // A pool that nobody has asked yet is there from now on.
  await client.workflow.start('pool', {
    workflowId,
    taskQueue,
    args: [{ pool: name, declared }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `hands out the slots of ${name}`,
  });
  try {
    const view = await client.withDeadline(Date.now() + ANSWER, () =>
      client.workflow.getHandle(workflowId).executeUpdate<PoolView, [number]>('resize', { args: [slots] }),
    );
    return { name, declared, ...view };
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw silent(name, error);
    throw invalidSlots(error.cause?.message ?? error.message);
  }
}

function slotsOf(services: PoolServices, name: string): number {
  const declared = declaredPools(services);
  const slots = declared.get(name);
  if (slots !== undefined) return slots;
  const known = [...declared.keys()].join(', ') || 'none';
  throw new Refusal('UnknownPool', `no pool is named ${name}; there are ${known}`, {
    next: 'assay pools list',
  });
}

function invalidSlots(problem: string): Refusal {
  return new Refusal('InvalidSlots', problem, { next: 'assay pools list' });
}

function declaredPools({ pools, pipelines }: PoolServices): ReadonlyMap<string, number> {
  const limited = [...pipelines.values()].flatMap(({ name, maxActiveRuns }) =>
    maxActiveRuns === undefined ? [] : [[runsPool(name), maxActiveRuns] as const],
  );
  return new Map([...Object.entries(pools), ...limited]);
}

async function viewOf(
  { taskQueue }: PoolServices,
  client: Client,
  name: string,
): Promise<PoolView | undefined> {
  try {
    return await client.withDeadline(Date.now() + ANSWER, () =>
      client.workflow.getHandle(poolWorkflowId(name, taskQueue)).query<PoolView>('view'),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw silent(name, error);
  }
}

function silent(name: string, cause: unknown): Refusal {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Refusal('PoolSilent', `pool ${name} does not answer, for which it needs a worker: ${why}`, {
    next: 'assay doctor',
  });
}
