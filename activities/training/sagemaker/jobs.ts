/** Training jobs started, watched and stopped: whoever comes again under the same key finds the job that is there. */
import { ApplicationFailure } from '@temporalio/common';
import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';

import { milliseconds } from '../../../workflows/domain/duration.ts';
import { attempt } from '../../attempt.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { TrainingApi } from './api.ts';
import type { JobActivities, JobEnd, JobOrder, JobState } from './contract.ts';
import { failureOfJob, failureOfStop, isPassing, retriesOf } from './failures.ts';
import { trainingImage } from './image.ts';
import { followJob } from './follow.ts';
import { jobName } from './job-name.ts';
import { assertSame, trainingJobRequest } from './request.ts';
import type { SageMakerSettings } from './settings.ts';

export interface JobDependencies {
  readonly api: TrainingApi;
  readonly store: ObjectStore;
  readonly settings: SageMakerSettings;
  readonly now?: () => Date;
}

interface Asked {
  readonly order: JobOrder;
  readonly key: string;
}

/** More jobs than one model can have had: what is behind that is no capacity that comes back. */
const MOST_TURNS = 20;

export function createJobActivities(dependencies: JobDependencies): JobActivities {
  const { api, settings } = dependencies;
  const jobs: JobActivities = {
    trainer: async () => ({ kind: 'sagemaker', retries: retriesOf(settings.pauses) }),
    start: (asked) => startJob(dependencies, asked),
    watch: async ({ job, seen }) => {
      const state = stateOf(await known(api, job));
      if (state.status === seen && state.end === undefined) throw notYet(state, settings);
      return state;
    },
    follow: (asked) => followJob(jobs, asked, settings.poll),
    stop: async (asked) => {
      const newest = await newestJob(api, asked);
      if (newest === undefined) return null;
      if (stateOf(newest).end === undefined) await api.stop(newest.TrainingJobName ?? '');
      return stateOf(await known(api, newest.TrainingJobName ?? ''));
    },
  };
  return jobs;
}

/** A job that failed for a passing reason is followed by one of the next name. */
async function startJob({ api, store, settings, now }: JobDependencies, asked: Asked): Promise<JobState> {
  const today = now?.() ?? new Date();
  const image = trainingImage(settings.region, settings.version, today);
  const past: string[] = [];
  for (let turn = 1; turn <= MOST_TURNS; turn++) {
    const name = jobName(asked.order, asked.key, turn);
    const request = await trainingJobRequest(store, { order: asked.order, name, image, settings, past });
    const found =
      (await api.describe(name)) ?? ((await api.create(request)) ? undefined : await known(api, name));
    if (found === undefined) {
      attempt().log('training job started', { job: name });
      return { job: name, status: 'Starting' };
    }
    assertSame(request, found);
    const state = stateOf(found);
    if (state.end?.kind !== 'failed' || !isPassing(state.end.error)) {
      attempt().log('training job adopted', { job: name, status: state.status });
      return state;
    }
    past.push(state.end.error.type);
  }
  throw ApplicationFailure.nonRetryable(
    `${MOST_TURNS} training jobs have failed, the last ones with ${past.at(-1)}. Look at them in the SageMaker console.`,
    'TrainingFailed',
  );
}

async function newestJob(
  api: TrainingApi,
  { order, key }: Asked,
): Promise<DescribeTrainingJobCommandOutput | undefined> {
  let newest: DescribeTrainingJobCommandOutput | undefined;
  for (let turn = 1; turn <= MOST_TURNS; turn++) {
    const found = await api.describe(jobName(order, key, turn));
    if (found === undefined) break;
    newest = found;
  }
  return newest;
}

async function known(api: TrainingApi, job: string): Promise<DescribeTrainingJobCommandOutput> {
  const found = await api.describe(job);
  if (found !== undefined) return found;
  throw ApplicationFailure.nonRetryable(
    `There is no training job ${job} any more: somebody has deleted it. Rerun the task.`,
    'TrainingJobGone',
    { job },
  );
}

function stateOf(found: DescribeTrainingJobCommandOutput): JobState {
  const job = found.TrainingJobName ?? '';
  const status = found.SecondaryStatus ?? 'Unknown';
  const end = endOf(job, found);
  return { job, status, ...(end && { end }) };
}

function endOf(
  job: string,
  { TrainingJobStatus, SecondaryStatus = 'Stopped', FailureReason = '' }: DescribeTrainingJobCommandOutput,
): JobEnd | undefined {
  if (TrainingJobStatus === 'Completed') return { kind: 'completed' };
  if (TrainingJobStatus === 'Failed') return { kind: 'failed', error: failureOfJob(job, FailureReason) };
  if (TrainingJobStatus !== 'Stopped') return undefined;
  const error = failureOfStop(job, SecondaryStatus);
  return error ? { kind: 'failed', error } : { kind: 'stopped' };
}

/** The server waits, not a worker, and nothing is added to the run's history. */
function notYet({ job, status }: JobState, { poll }: SageMakerSettings): ApplicationFailure {
  return ApplicationFailure.create({
    message: `${job}: ${status}`,
    type: 'NotYet',
    nextRetryDelay: milliseconds(poll),
  });
}
