/** Answers a question of a run, in somebody's name. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';

import { ANSWER_UPDATE, type Answer, type AnswerInput } from '../../workflows/domain/approval.ts';
import { Refusal } from '../refusal.ts';
import { findAttempt } from '../runs/find.ts';
import type { RunServices } from '../runs/services.ts';

/** Milliseconds: a worker that is there answers at once. */
const PATIENCE = 15_000;
/** Between two questions to a run that goes on in a new history just now. */
const AGAIN = 200;

/**
 * @throws Refusal UnknownRun, RunNotOpen, NoWorker, and as the run refuses: UnknownTask, NotWaiting, AlreadyAnswered,
 * NotAssignee, WrongChoice, InvalidFields, InvalidAnswer
 */
export async function answerApproval(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  answer: AnswerInput,
): Promise<Answer> {
  const { record, holder } = await findAttempt(services, run);
  if (record !== undefined) throw notOpen(run, record.state);
  const client = await services.client();
  const { workflowId, firstRunId: firstExecutionRunId } = holder;
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answered = await client.withDeadline(deadline, () => ask(handle, run, answer));
    if (answered !== 'not ready') return answered;
    if (Date.now() > deadline) throw noWorker(run);
    await sleep(AGAIN);
  }
}

async function ask(handle: WorkflowHandle, run: string, answer: AnswerInput): Promise<Answer | 'not ready'> {
  try {
    return await handle.executeUpdate<Answer, [AnswerInput]>(ANSWER_UPDATE, { args: [answer] });
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw noWorker(run);
    if (error instanceof WorkflowNotFoundError) throw notOpen(run, 'over');
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    const type = cause instanceof ApplicationFailure ? cause.type : undefined;
    if (type === 'NotReady') return 'not ready';
    throw new Refusal(type ?? 'NotAnswered', cause?.message ?? error.message, {
      next: 'assay approvals list',
    });
  }
}

function notOpen(run: string, state: string): Refusal {
  return new Refusal('RunNotOpen', `${run} is ${state}, so that it asks nobody anything`, {
    next: `assay runs show ${run}`,
  });
}

function noWorker(run: string): Refusal {
  const message = `no worker has taken the answer for ${run} yet; one that is started may still take it`;
  return new Refusal('NoWorker', message, { next: `assay runs show ${run}` });
}
