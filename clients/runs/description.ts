/** What Temporal says of a workflow, in our words. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { RunState } from '../../workflows/domain/run-record.ts';

const CLOSED: Readonly<Partial<Record<string, RunState>>> = {
  COMPLETED: 'success',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
};

/** The newest one under the ID; `undefined` where Temporal knows none. */
export async function describe(
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

export function stateOf({ status }: WorkflowExecutionDescription): RunState {
  return CLOSED[status.name] ?? 'running';
}
