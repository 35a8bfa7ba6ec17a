/**
 * A job followed by one activity from its beginning to its end. How far it has come, the job's name and status, goes
 * with the heartbeats: whoever takes over from a worker that is gone goes on watching, and submits nothing. Before the
 * first heartbeat it is the job's name that finds it again.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { ApplicationFailure } from '@temporalio/common';

import { milliseconds, type Duration } from '../../../workflows/domain/duration.ts';
import { attempt } from '../../attempt.ts';
import type { JobActivities, JobOrder, JobState } from './contract.ts';

/** @param poll between two looks; the worker is held all the while, unlike with `watch` */
export async function followJob(
  jobs: Pick<JobActivities, 'start' | 'watch'>,
  asked: { readonly order: JobOrder; readonly key: string },
  poll: Duration,
): Promise<JobState> {
  const current = attempt();
  const { resumeFrom, signal } = current;
  if (isState(resumeFrom))
    current.log('goes on watching', { job: resumeFrom.job, status: resumeFrom.status });
  let state = isState(resumeFrom) ? resumeFrom : await jobs.start(asked);
  current.progress(state);
  while (state.end === undefined) {
    await sleep(milliseconds(poll), undefined, { signal });
    state = await changed(jobs, state);
    current.progress(state);
  }
  return state;
}

async function changed(
  jobs: Pick<JobActivities, 'watch'>,
  { job, status, ...rest }: JobState,
): Promise<JobState> {
  try {
    return await jobs.watch({ job, seen: status });
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'NotYet') return { job, status, ...rest };
    throw error;
  }
}

function isState(value: unknown): value is JobState {
  return typeof value === 'object' && value !== null && 'job' in value && 'status' in value;
}
