/** The activity is lost in the middle of the job: the next try has what the heartbeats carried, and submits nothing. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { attempt, runAttempt } from '../../activities/attempt.ts';
import type { JobActivities } from '../../activities/training/sagemaker/contract.ts';
import { openPlace, type Place } from '../../activities/training/sagemaker/testing/place.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { followedJob } from './follow-job.pipeline.ts';

let place: Place;
let kit: Kit;
/** What each try of the activity was handed by the one before. */
const handed: unknown[] = [];
/** The job trains until there is a second try. */
let finish = (): void => undefined;
const trained = new Promise<void>((resolve) => (finish = resolve));

beforeAll(async () => {
  place = await openPlace(() => async () => {
    await trained;
    return {};
  });
  kit = await startKit({
    pipelines: [followedJob],
    worker: { taskQueue: `examples-${randomUUID().slice(0, 8)}` },
    activities: { 'jobs.follow': lostOnce(place.jobs()) },
  });
});
afterAll(async () => {
  await kit.stop();
  await place.close();
});

/** The first try ends, while the job trains, as one does whose worker loses the world. */
function lostOnce(jobs: JobActivities): JobActivities['follow'] {
  return async (asked) => {
    const own = attempt();
    handed.push(own.resumeFrom);
    if (handed.length > 1) {
      finish();
      return jobs.follow(asked);
    }
    const worker = new AbortController();
    const reached: unknown[] = [];
    const progress = (how: unknown): void => {
      reached.push(how);
      own.progress(how);
    };
    const following = runAttempt({ ...own, progress, signal: worker.signal }, () => jobs.follow(asked));
    await vi.waitFor(() => expect(reached.at(-1)).toMatchObject({ status: 'Training' }), { timeout: 20_000 });
    worker.abort();
    await following.catch(() => undefined);
    throw ApplicationFailure.create({ message: 'gone', type: 'StoreUnavailable' });
  };
}

describe('followedJob', () => {
  it('goes on with the job that was submitted, from the status that was reached', async () => {
    const fireTime = '2026-03-01T00:00:00Z';
    const result = await kit.execute(followedJob, { fireTime, params: { channel: 'examples/channel' } });
    expect(result).toMatchObject({ end: 'completed' });
    expect(handed).toMatchObject([undefined, { status: 'Training' }]);
    expect(place.fake.calls.filter((call) => call === 'CreateTrainingJob')).toHaveLength(1);
    expect(await kit.ledger.record(`followedJob-${fireTime}`)).toMatchObject({
      state: 'success',
      tasks: [{ name: 'job', state: 'success' }],
    });
  });
});
