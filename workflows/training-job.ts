/**
 * One model from SageMaker, in a task: a job is started or taken over, watched to its end, and its model collected.
 * While the job runs no worker is held, and the history grows by its changes of status only. A run that is cancelled
 * stops its job and waits until it has ended.
 */
import { CancellationScope, isCancellation } from '@temporalio/workflow';

import type {
  JobActivities,
  JobDataActivities,
  JobOrder,
  JobState,
  TrainedJob,
} from '../activities/training/sagemaker/contract.ts';
import { activities } from './engine/activities.ts';
import { toFailure } from './engine/failures.ts';
import { POLLED, QUICK, TRAINING } from './engine/profiles.ts';
import type { TaskContext } from './engine/runtime.ts';

/** A start that is under way when the run is cancelled is waited for: what it has started must be stopped. */
const starts = activities<JobActivities>('jobs', {
  ...QUICK,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});
const jobs = activities<JobActivities>('jobs', POLLED);
const models = activities<JobDataActivities>('jobModels', TRAINING);

/** @throws what the error table in `failures.ts` of the trainer names; the task's retries go by it */
export async function trainedBySageMaker(order: JobOrder, task: TaskContext): Promise<TrainedJob> {
  const asked = { order, key: task.key };
  try {
    const { job, end } = await untilEnd(await starts.start(asked), task.note);
    if (end?.kind === 'failed') throw toFailure(end.error);
    if (end?.kind === 'stopped') throw toFailure(stoppedByOthers(job));
    task.note('collecting the model');
    return await models.collect({ order, job });
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => stop(asked, task.note));
    throw error;
  }
}

async function untilEnd(first: JobState, note: TaskContext['note']): Promise<JobState> {
  let state = first;
  while (state.end === undefined) {
    note(state.status);
    state = await jobs.watch({ job: state.job, seen: state.status });
  }
  return state;
}

async function stop(asked: Parameters<JobActivities['stop']>[0], note: TaskContext['note']): Promise<void> {
  const stopping = await jobs.stop(asked);
  if (stopping !== null) await untilEnd(stopping, note);
}

function stoppedByOthers(job: string): { type: string; message: string } {
  const message = `Somebody has stopped the training job ${job}. Rerun the task when it should be trained after all.`;
  return { type: 'TrainingStopped', message };
}
