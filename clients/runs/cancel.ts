/** Asks an open run to stop: its tasks are cancelled, what must always happen still does. */
import { WorkflowNotFoundError } from '@temporalio/common';

import { Refusal } from '../refusal.ts';
import { findAttempt } from './find.ts';
import type { RunServices } from './services.ts';

/** @throws Refusal UnknownRun, RunNotOpen */
export async function cancelRun(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
): Promise<{ run: string; attempt: number }> {
  const { attempt, record, holder } = await findAttempt(services, run);
  if (record !== undefined) throw notOpen(run, record.state);
  const { workflowId, firstRunId: firstExecutionRunId } = holder;
  const client = await services.client();
  try {
    await client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId }).cancel();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notOpen(run, 'over');
    throw error;
  }
  return { run, attempt };
}

function notOpen(run: string, state: string): Refusal {
  return new Refusal('RunNotOpen', `${run} is not open, so there is nothing to cancel: it is ${state}`, {
    next: `assay runs show ${run}`,
  });
}
