/** What an operator decides about a failed task: of an open run that holds it, or of a closed one for its next attempt. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import { taskLabel } from '../../workflows/domain/activity-id.ts';
import { RESOLVE_UPDATE, type Resolution } from '../../workflows/domain/resolution.ts';
import { Refusal } from '../refusal.ts';
import { findAttempt, type FoundAttempt } from './find.ts';
import { unknownTask } from './result.ts';
import type { RunServices } from './services.ts';

export interface Resolved {
  readonly run: string;
  readonly attempt: number;
  readonly task: string;
  readonly action: Resolution['action'];
}

/** Milliseconds; a worker that is there answers at once. */
const PATIENCE = 10_000;

/** @throws Refusal UnknownRun, RunNotOpen, NotResolved */
export async function resolveTask(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  resolution: Resolution,
): Promise<Resolved> {
  const found = await findAttempt(services, run);
  if (found.record !== undefined) throw over(run, found.record.state, resolution);
  const { workflowId, firstRunId: firstExecutionRunId } = found.holder;
  const client = await services.client();
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
  try {
    const args: [object] = [resolution];
    await client.withDeadline(Date.now() + PATIENCE, () => handle.executeUpdate(RESOLVE_UPDATE, { args }));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw over(run, 'over', resolution);
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new Refusal('NotResolved', error.cause?.message ?? error.message, {
      next: `assay runs show ${run}`,
    });
  }
  return resolved(found, resolution);
}

/** @throws Refusal UnknownRun, RunStillOpen, UnknownTask */
export async function markTask(
  services: Pick<RunServices, 'ledger'>,
  run: string,
  resolution: Resolution,
): Promise<Resolved> {
  const found = await findAttempt(services, run);
  if (found.record === undefined) {
    const message = `${run} is open, so there is no next attempt to mark anything for`;
    const next = `assay runs resolve ${run} ${resolution.task} --${resolution.action}`;
    throw new Refusal('RunStillOpen', message, { next });
  }
  const known = found.record.tasks.some(({ name, index }) => taskLabel(name, index) === resolution.task);
  if (!known) throw unknownTask(found.record, [resolution.task]);
  await services.ledger.mark(run, found.attempt, resolution);
  return resolved(found, resolution);
}

function resolved({ run, attempt }: FoundAttempt, { task, action }: Resolution): Resolved {
  return { run, attempt, task, action };
}

function over(run: string, state: string, { task, action }: Resolution): Refusal {
  const message = `${run} is ${state}, so it holds no task`;
  return new Refusal('RunNotOpen', message, { next: `assay runs mark ${run} ${task} --${action}` });
}
