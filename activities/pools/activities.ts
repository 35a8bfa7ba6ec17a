/** Pools as activities see them: workflows that are signalled, and whose holders are looked up. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import {
  GRANTED_SIGNAL,
  pipelineOfPool,
  poolWorkflowId,
  type Grant,
  type Granted,
  type PoolHolder,
  type PoolMessage,
  type PoolTold,
  type Refused,
  type Ticket,
} from '../../workflows/domain/pool/messages.ts';
import type { RunQueue } from '../ledger/contract.ts';
import type { PoolActivities } from './contract.ts';
import { createOutbox } from './outbox.ts';
import { recallPool } from './recall.ts';

export interface PoolDeps {
  readonly client: Client;
  /** Of the workers that serve the pools' workflows. */
  readonly taskQueue: string;
  /** As declared; `undefined` for a pool that is not. */
  readonly sizeOf: (pool: string) => number | undefined;
  /** Told of runs that wait for a place, and that have it. */
  readonly queue?: RunQueue;
  /** Milliseconds after which a pool that is waited for looks for holders that are no more. */
  readonly lookEvery?: number;
}

/** Messages in one signal: each has a hundred tickets at most, and a payload 2 MiB. */
const MESSAGES = 100;

export function createPoolActivities(deps: PoolDeps): PoolActivities {
  const outbox = createOutbox<PoolMessage>((pool, messages) => signal(deps, pool, messages), MESSAGES);
  return {
    async tell({ pool, message, from }) {
      const refused = (message.ask ?? []).flatMap((ticket) => fault(deps, pool, ticket) ?? []);
      const ids = new Set(refused.map(({ id }) => id));
      const { ask = [], back = [], held = [] } = message;
      const good = { ...message, ask: ask.filter(({ id }) => !ids.has(id)) };
      const isWorthIt = good.ask.length + back.length + held.length > 0 || message.whole === true;
      if (from !== undefined && good.ask.length > 0 && pipelineOfPool(pool) !== undefined) {
        await deps.queue?.enter(from, `waits for a place among ${deps.sizeOf(pool)} runs`);
      }
      if (isWorthIt && deps.sizeOf(pool) !== undefined) await outbox.send(pool, good);
      return { refused };
    },
    deliver: async ({ pool, grants }) => {
      const gone = await Promise.all(grants.map((grant) => grantTo(deps.client, pool, grant)));
      // Tickets of this pool are runs.
      const runs = pipelineOfPool(pool) === undefined ? [] : grants.flatMap(({ tickets }) => tickets);
      for (const run of runs) await deps.queue?.leave(run);
      return { gone: gone.flat() };
    },
    recall: (pool) => recallPool(deps.client, pool),
    lookUp: async ({ holders }) => {
      const gone = await Promise.all(holders.map((holder) => isGone(deps.client, holder)));
      return { gone: holders.filter((_holder, at) => gone[at]) };
    },
  };
}

async function signal(
  { client, taskQueue, sizeOf, lookEvery }: PoolDeps,
  pool: string,
  messages: readonly PoolMessage[],
): Promise<void> {
  const declared = sizeOf(pool) ?? 0;
  await client.workflow.signalWithStart('pool', {
    workflowId: poolWorkflowId(pool, taskQueue),
    taskQueue,
    args: [{ pool, declared, ...(lookEvery !== undefined && { lookEvery }) }],
    signal: 'tell',
    signalArgs: [{ declared, messages } satisfies PoolTold],
    staticSummary: `hands out the slots of ${pool}`,
  });
}

function fault({ sizeOf }: PoolDeps, pool: string, { id, slots }: Ticket): Refused | undefined {
  const size = sizeOf(pool);
  if (size === undefined) {
    const message = `there is no pool ${pool}: declare it in temporal.config.ts, under \`pools\``;
    return { id, type: 'UnknownPool', message };
  }
  if (!Number.isInteger(slots) || slots < 1) {
    return { id, type: 'InvalidSlots', message: `${id} asks for ${slots} slots of ${pool}: take 1, 2, …` };
  }
  if (slots <= size) return undefined;
  const message = `${id} asks for ${slots} slots of ${pool}, which has ${size}: it would wait for ever`;
  return { id, type: 'PoolTooSmall', message };
}

/** @returns the holder, where it is no more */
async function grantTo(client: Client, pool: string, grant: Grant): Promise<PoolHolder[]> {
  const granted: Granted = { pool, ...grant };
  try {
    await client.workflow.getHandle(grant.holder.workflowId).signal(GRANTED_SIGNAL, granted);
    return [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [grant.holder];
    throw error;
  }
}

/** A later attempt of the run has the workflow ID of the earlier one, and nothing of what that held. */
async function isGone(client: Client, { workflowId, firstRunId }: PoolHolder): Promise<boolean> {
  try {
    const { status, raw } = await client.workflow.getHandle(workflowId).describe();
    return status.name !== 'RUNNING' || raw.workflowExecutionInfo?.firstRunId !== firstRunId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
