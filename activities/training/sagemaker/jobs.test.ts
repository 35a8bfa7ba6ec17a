import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { JobActivities, JobEnd, JobState } from './contract.ts';
import type { Algorithm } from './fake/algorithm.ts';
import type { StateChange } from './fake/events.ts';
import { openPlace, ORDER, type Place } from './testing/place.ts';

const KEY = 'training.visits-2026-01-01T00:00:00Z/1/train-boosted/0';
const asked = { order: ORDER, key: KEY };

/** Instead of a training: it is what becomes of jobs that is tried here. */
const instantly: Algorithm = async (_input, onUploading) => {
  await onUploading();
  return { 'validation:auc': 0.7 };
};
const untilStopped: Algorithm = async (_input, _uploading, signal) => {
  await sleep(60_000, undefined, { signal });
  return {};
};

let place: Place;
afterEach(() => place.close());

async function open(algorithm: Algorithm = instantly, options = {}): Promise<JobActivities> {
  place = await openPlace(() => algorithm, options);
  return place.jobs();
}

/** Looks as the server would have an activity look: again after each `NotYet`. */
async function states(
  jobs: JobActivities,
  first: JobState,
  onSeen = (): void => undefined,
): Promise<JobState[]> {
  const seen = [first];
  for (let state = first; state.end === undefined;) {
    const { job, status } = state;
    onSeen();
    state = await vi.waitFor(() => jobs.watch({ job, seen: status }), { timeout: 10_000, interval: 5 });
    seen.push(state);
  }
  return seen;
}

async function endOf(jobs: JobActivities, first: JobState): Promise<JobEnd | undefined> {
  return (await states(jobs, first)).at(-1)?.end;
}

const created = (): number => place.fake.calls.filter((call) => call === 'CreateTrainingJob').length;

describe('start', () => {
  it('starts a job of which every state is told once', async () => {
    // No state is left before it was seen, however slow the machine is.
    let leave = (): void => undefined;
    const pace = (): Promise<void> => new Promise((resolve) => (leave = resolve));
    const jobs = await open(instantly, { pace });
    const told = await states(jobs, await jobs.start(asked), () => leave());
    expect(told.map(({ status }) => status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(told.at(-1)?.end).toEqual({ kind: 'completed' });
  });

  it('adopts the job of its key, running or finished, and starts no second one', async () => {
    const jobs = await open();
    const first = await jobs.start(asked);
    expect(await jobs.start(asked)).toMatchObject({ job: first.job });
    await states(jobs, first);
    expect(await jobs.start(asked)).toMatchObject({ job: first.job, end: { kind: 'completed' } });
    expect(created()).toBe(1);
  });

  it('ends with one job where many begin at once', async () => {
    const jobs = await open();
    const all = await Promise.all(Array.from({ length: 8 }, () => jobs.start(asked)));
    expect(new Set(all.map(({ job }) => job)).size).toBe(1);
    expect(place.fake.jobs.size).toBe(1);
  });

  it('gives every key a job of its own', async () => {
    const jobs = await open();
    await jobs.start(asked);
    await jobs.start({ ...asked, key: KEY.replace('/1/', '/2/') });
    expect(place.fake.jobs.size).toBe(2);
  });

  it('refuses a job of its name that was asked for something else, and says what', async () => {
    const jobs = await open();
    await jobs.start(asked);
    const other = { ...ORDER, hyperparameters: { ...ORDER.hyperparameters, eta: '0.2' } };
    await expect(jobs.start({ order: other, key: KEY })).rejects.toMatchObject({
      type: 'JobNameTaken',
      nonRetryable: true,
      message: expect.stringContaining('with other hyperparameters'),
    });
  });

  it('asks for what the contract of the built-in algorithm needs', async () => {
    await open();
    const vpc = { subnets: ['subnet-1'], securityGroups: ['sg-1'] };
    const jobs = place.jobs({ vpc, kmsKeyId: 'key-1', instances: ['ml.m5.large', 'ml.m5.xlarge'] });
    const { job } = await jobs.start(asked);
    expect(place.fake.jobs.get(job)?.request).toMatchObject({
      AlgorithmSpecification: {
        TrainingImage: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
        TrainingInputMode: 'File',
      },
      HyperParameters: ORDER.hyperparameters,
      InputDataConfig: [
        {
          ChannelName: 'train',
          ContentType: 'application/x-parquet',
          DataSource: {
            S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/store/training/abc/train/' },
          },
        },
        { ChannelName: 'validation' },
      ],
      OutputDataConfig: { S3OutputPath: 's3://bucket/store/training/abc/sagemaker', KmsKeyId: 'key-1' },
      ResourceConfig: {
        InstancePreferences: [{ InstanceType: 'ml.m5.large' }, { InstanceType: 'ml.m5.xlarge' }],
        InstanceCount: 1,
        VolumeKmsKeyId: 'key-1',
      },
      VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      Tags: expect.arrayContaining([{ Key: 'owner', Value: 'assay' }]),
    });
  });

  it('names the files of a channel of several folders in a manifest', async () => {
    const jobs = await open();
    await place.store.put('training/abc/fold-0/part-0.parquet', 'a');
    await place.store.put('training/abc/fold-1/part-0.parquet', 'b');
    const train = ['training/abc/fold-0', 'training/abc/fold-1'];
    const { job } = await jobs.start({ order: { ...ORDER, channels: { train } }, key: KEY });
    const source = place.fake.jobs.get(job)?.request.InputDataConfig[0]?.DataSource.S3DataSource;
    expect(source?.S3DataType).toBe('ManifestFile');
    const written = await place.store.get((source?.S3Uri ?? '').replace('s3://bucket/store/', ''));
    expect(JSON.parse(Buffer.from(written).toString())).toEqual([
      { prefix: 's3://bucket/store/training/abc/' },
      'fold-0/part-0.parquet',
      'fold-1/part-0.parquet',
    ]);
  });

  it('refuses an image that AWS no longer patches, with the date', async () => {
    await open();
    const late = place.jobs({}, () => new Date('2027-05-13T00:00:00Z'));
    await expect(late.start(asked)).rejects.toMatchObject({
      type: 'ImageNotSupported',
      message: expect.stringContaining('since 2027-05-13'),
    });
    const old = place.jobs({ version: '3.0-5' }, () => new Date('2026-11-17T00:00:00Z'));
    await expect(old.start(asked)).rejects.toMatchObject({ message: expect.stringContaining('2026-11-17') });
    expect(place.fake.jobs.size).toBe(0);
  });
});

describe('a job that has failed', () => {
  it.each([
    ['capacity', 'CapacityUnavailable'],
    ['internal', 'SageMakerInternalError'],
  ] as const)('by %s is followed by one of the next name', async (fault, type) => {
    const jobs = await open();
    place.fake.faults.job(fault, 2);
    const first = await jobs.start(asked);
    expect(await endOf(jobs, first)).toMatchObject({ kind: 'failed', error: { type } });
    const second = await jobs.start(asked);
    await endOf(jobs, second);
    const third = await jobs.start(asked);
    expect(await endOf(jobs, third)).toEqual({ kind: 'completed' });
    expect([first, second, third].map(({ job }) => job.at(-1))).toEqual(['1', '2', '3']);
  });

  it('by its algorithm stays failed, in the container’s words', async () => {
    const jobs = await open();
    place.fake.faults.job('algorithm');
    await endOf(jobs, await jobs.start(asked));
    expect(await jobs.start(asked)).toMatchObject({
      end: {
        kind: 'failed',
        error: { type: 'TrainingFailed', message: expect.stringContaining('label must be in') },
      },
    });
    expect(created()).toBe(1);
  });

  it('for want of spot capacity is followed by one of the next instance type', async () => {
    await open();
    place.fake.faults.job('capacity');
    const instances: [string, string] = ['ml.m5.large', 'ml.m5.xlarge'];
    const jobs = place.jobs({ instances, spot: { maxWaitSeconds: 7200 } });
    await endOf(jobs, await jobs.start(asked));
    await jobs.start(asked);
    const requests = [...place.fake.jobs.values()].map(({ request }) => request);
    expect(requests.map(({ ResourceConfig }) => ResourceConfig.InstanceType)).toEqual(instances);
    expect(requests.every(({ EnableManagedSpotTraining }) => EnableManagedSpotTraining)).toBe(true);
  });

  it('after waiting too long for spot is followed by one on demand', async () => {
    await open();
    place.fake.faults.job('no-spot');
    const jobs = place.jobs({ spot: { maxWaitSeconds: 7200 } });
    expect(await endOf(jobs, await jobs.start(asked))).toMatchObject({ error: { type: 'SpotWaitExceeded' } });
    const second = await jobs.start(asked);
    expect(place.fake.jobs.get(second.job)?.request.EnableManagedSpotTraining).toBe(false);
    expect(await endOf(jobs, second)).toEqual({ kind: 'completed' });
  });

  it('by running too long is a permanent fault', async () => {
    await open(untilStopped);
    const jobs = place.jobs({ maxRuntimeSeconds: 1 });
    expect(await endOf(jobs, await jobs.start(asked))).toMatchObject({
      error: { type: 'MaxRuntimeExceeded' },
    });
    expect(await jobs.start(asked)).toMatchObject({ end: { kind: 'failed' } });
    expect(created()).toBe(1);
  });
});

describe('watch', () => {
  it('tells of an interrupted spot job that goes on by itself', async () => {
    await open();
    place.fake.faults.job('spot-interruption');
    const jobs = place.jobs({ spot: { maxWaitSeconds: 7200 } });
    const told = await states(jobs, await jobs.start(asked));
    expect(told.map(({ status }) => status)).toEqual(expect.arrayContaining(['Interrupted', 'Completed']));
    expect(place.fake.jobs.size).toBe(1);
  });

  it('asks to be called again after the configured pause while nothing has changed', async () => {
    const jobs = await open(untilStopped, { pace: 60_000 });
    const { job, status } = await jobs.start(asked);
    await expect(jobs.watch({ job, seen: status })).rejects.toMatchObject({
      type: 'NotYet',
      nonRetryable: false,
      nextRetryDelay: 100,
      message: `${job}: Starting`,
    });
  });

  it.each([
    ['throttle', 'SageMakerUnavailable', false],
    ['unavailable', 'SageMakerUnavailable', false],
    ['denied', 'SageMakerRefused', true],
  ] as const)('calls the answer %s %s', async (fault, type, nonRetryable) => {
    const jobs = await open();
    const { job } = await jobs.start(asked);
    place.fake.faults.call('DescribeTrainingJob', fault);
    await expect(jobs.watch({ job, seen: 'Nothing' })).rejects.toMatchObject({ type, nonRetryable });
  });

  it('says that a job is gone', async () => {
    const jobs = await open();
    await expect(jobs.watch({ job: 'nobody-1', seen: '' })).rejects.toMatchObject({
      type: 'TrainingJobGone',
    });
  });
});

describe('a full quota', () => {
  it('refuses the job, which starts under the same name when there is room', async () => {
    const jobs = await open();
    place.fake.faults.call('CreateTrainingJob', 'quota');
    await expect(jobs.start(asked)).rejects.toMatchObject({ type: 'QuotaExceeded', nonRetryable: false });
    expect((await jobs.start(asked)).job).toMatch(/-1$/);
  });
});

describe('stop', () => {
  it('stops the newest job of the key, and says when it has ended', async () => {
    const jobs = await open(untilStopped);
    const { job } = await jobs.start(asked);
    await vi.waitFor(() => jobs.watch({ job, seen: 'Starting' }), { timeout: 5_000, interval: 5 });
    const asking = await jobs.stop(asked);
    expect(asking?.job).toBe(job);
    expect(await endOf(jobs, asking ?? { job, status: '' })).toEqual({ kind: 'stopped' });
    expect(place.fake.jobs.get(job)?.status).toBe('Stopped');
  });

  it('leaves a finished job as it is, and finds none where none was started', async () => {
    const jobs = await open();
    expect(await jobs.stop(asked)).toBeNull();
    await states(jobs, await jobs.start(asked));
    expect(await jobs.stop(asked)).toMatchObject({ end: { kind: 'completed' } });
    expect(place.fake.calls).not.toContain('StopTrainingJob');
  });
});

describe('events of the fake', () => {
  it('come twice and out of order, and every state is told', async () => {
    const told: StateChange[] = [];
    const deliver = async (event: StateChange): Promise<void> => void told.push(event);
    const jobs = await open(instantly, { events: { deliver, seed: 7, spread: 200 }, pace: 10 });
    for (let trial = 0; trial < 5; trial++)
      await states(jobs, await jobs.start({ order: ORDER, key: `k/${trial}` }));
    await place.fake.stop();
    const statuses = told.map(({ detail }) => String(detail['SecondaryStatus']));
    expect(new Set(statuses)).toEqual(
      new Set(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']),
    );
    expect(new Set(told.map(({ id }) => id)).size).toBeLessThan(told.length);
    const times = told.map(({ time }) => time);
    expect(times).not.toEqual(times.toSorted());
  });
});
