import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { JobDataActivities, JobOrder, TrainedJob } from '../activities/training/sagemaker/contract.ts';
import type { Algorithm } from '../activities/training/sagemaker/fake/algorithm.ts';
import { openPlace, ORDER, type Place } from '../activities/training/sagemaker/testing/place.ts';
import { startKit, type Kit } from './engine/testing/kit.ts';
import { familySearches, trainingJobs } from './testing/training-jobs.ts';

const fireTime = '2026-03-01T00:00:00Z';
const RUN = `trainingJobs-${fireTime}`;
/** A queue of its own: a run on it has all of its activities there. */
const QUEUE = `jobs-${randomUUID().slice(0, 8)}`;
const WAIT = { timeout: 20_000, interval: 20 };

/** How long a job trains; what it trains is not looked at here. */
let trainingMs = 0;
let training = 0;
/** How many jobs ever trained at the same time. */
let most = 0;
const algorithm: Algorithm = async (_input, onUploading, signal) => {
  training += 1;
  most = Math.max(most, training);
  await sleep(trainingMs, undefined, { signal }).finally(() => (training -= 1));
  await onUploading();
  return {};
};

let place: Place;
let kit: Kit;
beforeEach(async () => {
  trainingMs = 0;
  most = 0;
  place = await openPlace(() => algorithm, { pace: 30 });
  const jobs = Object.entries(place.jobs()).map(([name, activity]) => [`jobs.${name}`, activity]);
  kit = await startKit({
    pipelines: [trainingJobs, familySearches],
    worker: { taskQueue: QUEUE },
    pools: { sagemaker: 3 },
    activities: {
      ...Object.fromEntries(jobs),
      'jobModels.orders': folds,
      'jobModels.collect': collect,
    },
  });
});
afterEach(async () => {
  await kit.stop();
  await place.close();
});

const collect: JobDataActivities['collect'] = async ({ order, job }) =>
  ({
    ...order,
    rounds: 5,
    ...(order.fold !== undefined && { validation: { auc: 0.6, logLoss: 0.3 } }),
    usage: { name: job, trainingSeconds: 1 },
  }) as unknown as TrainedJob;

/** One trial, judged on three folds: as many jobs as the pool has slots. */
const folds: JobDataActivities['orders'] = async ({ family }) =>
  [0, 1, 2].map((fold) => ({ ...ORDER, family, fold }));

function orders(count: number): JobOrder[] {
  return Array.from({ length: count }, (_, trial) => ({ ...ORDER, trial }));
}

function start(count: number): Promise<WorkflowHandle> {
  return kit.start(trainingJobs, { fireTime, params: { orders: orders(count) } });
}

async function inStatus(status: string, count: number): Promise<void> {
  await vi.waitFor(() => {
    const found = [...place.fake.jobs.values()].filter(({ secondary }) => secondary === status);
    expect(found).toHaveLength(count);
  }, WAIT);
}

describe('trainedBySageMaker', () => {
  it('trains side by side, each model by one job', async () => {
    const handle = await start(4);
    expect(await handle.result()).toHaveLength(4);
    const creations = place.fake.calls.filter((call) => call === 'CreateTrainingJob');
    expect(creations).toHaveLength(4);
  });

  it('shows in the live record what each job is at, and forgets it when the job has ended', async () => {
    trainingMs = 60_000;
    const handle = await start(2);
    await inStatus('Training', 2);
    await vi.waitFor(async () => {
      const { tasks } = await kit.query(handle);
      expect(tasks.filter(({ name, index }) => name === 'train' && index)).toMatchObject([
        { note: 'Training' },
        { note: 'Training' },
      ]);
    }, WAIT);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    const record = await kit.ledger.record(RUN);
    expect(record?.tasks.filter(({ note }) => note !== undefined)).toEqual([]);
  });

  it('adds to the history with changes of status, not with looks', async () => {
    trainingMs = 3_000;
    const handle = await start(1);
    await handle.result();
    const looks = place.fake.calls.filter((call) => call === 'DescribeTrainingJob').length;
    const { events } = await handle.fetchHistory();
    const watched = (events ?? []).filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'jobs.watch',
    );
    // Starting, Downloading, Training, Uploading: each is left once; those that are passed quickly may be missed.
    expect(watched.length).toBeLessThanOrEqual(4);
    expect(looks).toBeGreaterThan(2 * watched.length);
    const record = await kit.ledger.record(RUN);
    expect(record?.tasks.find(({ name, index }) => name === 'train' && index)).toMatchObject({ tries: 1 });
  });

  it('gets a job of another name in the place of one that found no capacity', async () => {
    place.fake.faults.job('capacity', 2);
    const handle = await start(1);
    expect(await handle.result()).toEqual([expect.stringMatching(/-3$/)]);
    expect(await kit.ledger.record(RUN)).toMatchObject({ state: 'success' });
  });

  it('waits for room where the quota is used up, and starts each job once', async () => {
    place.fake.faults.call('CreateTrainingJob', 'quota', 3);
    const handle = await start(2);
    expect(await handle.result()).toHaveLength(2);
    expect(place.fake.jobs.size).toBe(2);
  });

  it('fails at once, in the container’s words, where no other job would do better', async () => {
    place.fake.faults.job('algorithm');
    const handle = await start(1);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    expect(place.fake.jobs.size).toBe(1);
    const record = await kit.ledger.record(RUN);
    expect(record?.tasks.find(({ name, index }) => name === 'train' && index)).toMatchObject({
      state: 'failed',
      tries: 1,
      error: { type: 'TrainingFailed', message: expect.stringContaining('label must be in') },
    });
  });

  it('stops its jobs when the run is cancelled, and ends when they have', async () => {
    trainingMs = 60_000;
    const handle = await start(3);
    await inStatus('Training', 3);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect([...place.fake.jobs.values()].map(({ status }) => status)).toEqual([
      'Stopped',
      'Stopped',
      'Stopped',
    ]);
    expect(await kit.ledger.record(RUN)).toMatchObject({ state: 'cancelled' });
  });

  it('fails where somebody else has stopped the job', async () => {
    trainingMs = 60_000;
    const handle = await start(1);
    await inStatus('Training', 1);
    for (const { name } of place.fake.jobs.values()) await place.api.stop(name);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    const record = await kit.ledger.record(RUN);
    expect(record?.tasks.find(({ index }) => index)).toMatchObject({ error: { type: 'TrainingStopped' } });
    expect(place.fake.jobs.size).toBe(1);
  });
});

describe('searchFamily', () => {
  it("gives the last job of a cross-validation its slot, so that the account's quota holds", async () => {
    trainingMs = 400;
    const dataset = { channels: { train: { prefix: 'training/abc/train' } } };
    const handle = await kit.start(familySearches, { fireTime, params: { dataset } });
    const made = await handle.result();
    // Three folds of each family, and each of them once more on the whole.
    expect(place.fake.jobs.size).toBe(8);
    expect(new Set(made).size).toBe(2);
    expect(most).toBe(3);
  });
});
