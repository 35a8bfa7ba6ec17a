/**
 * What a pool knew that somebody has terminated: its successor asks it, by replay of its history, before it grants
 * anything. Otherwise it would give slots away that tasks hold which have nothing to say for hours.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import { CARRIED_QUERY } from '../../workflows/domain/pool/messages.ts';
import type { CarriedPool } from '../../workflows/domain/pool/pool.ts';

/** Milliseconds for a replay. */
const ANSWER = 20_000;

/** @param runId of the pool that asks */
export async function recallPool(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<CarriedPool | null> {
  const before: WorkflowExecutionInfo[] = [];
  for await (const execution of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    if (execution.runId !== runId) before.push(execution);
  }
  before.sort((one, other) => other.startTime.getTime() - one.startTime.getTime());
  for (const execution of before) {
    const carried = await ask(client, execution);
    // One that was cut off before it had learned of its own predecessor knows less than that.
    if (carried !== null) return carried;
  }
  return null;
}

async function ask(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<CarriedPool | null> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const { status } = await handle.describe();
  // The list is behind the times: another one has come after it.
  if (status.name === 'CONTINUED_AS_NEW') throw notRecalled(`${runId} of ${workflowId} went on as another`);
  try {
    return await client.withDeadline(Date.now() + ANSWER, () =>
      handle.query<CarriedPool | null>(CARRIED_QUERY),
    );
  } catch (error) {
    throw notRecalled(`${runId} of ${workflowId} does not answer: ${String(error)}`);
  }
}

function notRecalled(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, 'PoolNotRecalled');
}
