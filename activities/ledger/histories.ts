/** Histories of a run: one for each part, where it continued as new. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { RunHolder } from './contract.ts';
import type { HistoryEvent } from './timings.ts';

export interface RunPart {
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
}

/** From the first part to the newest. Where Temporal has forgotten the first, what it knows of `newest`. */
export async function* runParts(client: Client, holder: RunHolder, newest?: string): AsyncGenerator<RunPart> {
  const first = await partOf(client, holder.workflowId, holder.firstRunId);
  let part = first ?? (await partOf(client, holder.workflowId, newest));
  while (part !== undefined) {
    yield part;
    const next = part.events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    part = await partOf(client, holder.workflowId, next ?? undefined);
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
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
