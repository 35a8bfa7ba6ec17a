/** Histories of a run: one for each part, where it continued as new. */
import { isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { RunHolder } from './contract.ts';
import type { HistoryEvent } from './timings.ts';

export interface RunPart {
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
}

export interface NewestPart {
  readonly runId: string;
  readonly isOpen: boolean;
}

/** gRPC's code. */
const NOT_FOUND = 5;

/** From the first part to the newest. Where Temporal has forgotten the first, what it still knows. */
export async function* runParts(client: Client, holder: RunHolder): AsyncGenerator<RunPart> {
  let part = await partOf(client, holder.workflowId, holder.firstRunId);
  part ??= await partOf(client, holder.workflowId, (await newestPart(client, holder))?.runId);
  while (part !== undefined) {
    yield part;
    const next = part.events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    part = await partOf(client, holder.workflowId, next ?? undefined);
  }
}

/** `undefined` where Temporal has forgotten the run, or a later attempt has taken the workflow ID since. */
export async function newestPart(client: Client, holder: RunHolder): Promise<NewestPart | undefined> {
  try {
    const { runId, status, raw } = await client.workflow.getHandle(holder.workflowId).describe();
    const isOwn = raw.workflowExecutionInfo?.firstRunId === holder.firstRunId;
    return isOwn ? { runId, isOpen: status.name === 'RUNNING' || status.name === 'PAUSED' } : undefined;
  } catch (error) {
    if (isForgotten(error)) return undefined;
    throw error;
  }
}

async function partOf(
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<RunPart | undefined> {
  if (runId === undefined) return undefined;
  try {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return { runId, events: history.events ?? [] };
  } catch (error) {
    if (isForgotten(error)) return undefined;
    throw error;
  }
}

/** Fetching a history tells it by the transport's own code. */
function isForgotten(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && error.code === NOT_FOUND);
}
