/**
 * What a pool knew that somebody has terminated: its successor asks it, by replay of its history, before it grants
 * anything. Otherwise it would give slots away that tasks hold which have nothing to say for hours.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import { CARRIED_QUERY } from '../../workflows/domain/pool/messages.ts';
import type { CarriedPool } from '../../workflows/domain/pool/pool.ts';
import type { RecallInput } from './contract.ts';

/** Milliseconds for a replay. */
const ANSWER = 20_000;

/** @throws PoolNotRecalled */
export async function recallPool(client: Client, input: RecallInput): Promise<CarriedPool | null> {
  const { workflowId, runId, firstRunId, wasThere = false } = input;
  const before: WorkflowExecutionInfo[] = [];
  for await (const execution of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    if (execution.runId !== runId) before.push(execution);
  }
  before.sort((one, other) => other.startTime.getTime() - one.startTime.getTime());
  const [own, ignorant] = [firstRunId ?? runId, new Set<string>()];
  for (const execution of before) {
    const chain = await chainOf(client, execution);
    if (chain.firstRunId === own || ignorant.has(chain.firstRunId)) continue;
    // The list is behind the times: another one has come after it.
    if (chain.isContinued) throw notRecalled(`${execution.runId} of ${workflowId} went on as another`);
    const carried = await ask(client, execution);
    if (carried !== null) return carried;
    // One that was cut off before it had learned of its own predecessor knows less than that.
    ignorant.add(chain.firstRunId);
  }
  if (wasThere && ignorant.size === 0)
    throw notRecalled(`Temporal has forgotten the ${workflowId} before this one`);
  return null;
}

/** Of histories of one pool, each of which went on as the next. */
async function chainOf(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<{ readonly firstRunId: string; readonly isContinued: boolean }> {
  const { status, raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? runId;
  return { firstRunId, isContinued: status.name === 'CONTINUED_AS_NEW' };
}

async function ask(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<CarriedPool | null> {
  const handle = client.workflow.getHandle(workflowId, runId);
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
