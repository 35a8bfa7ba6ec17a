/** The chain on a fake SageMaker: what is deployed is taken away, after a success and after a failure. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { JobDataActivities } from '../../activities/training/sagemaker/contract.ts';
import { absentJobActivities } from '../../activities/training/sagemaker/absent.ts';
import { createServingActivities } from '../../activities/training/sagemaker/serving.ts';
import { openPlace, type Place } from '../../activities/training/sagemaker/testing/place.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { trainRegisterDeploy } from './train-register-deploy.pipeline.ts';

const ROLE = 'arn:aws:iam::123456789012:role/assay-training';
const params = { channel: 'examples/channel', lookEverySeconds: 0.2 };
let place: Place;
let kit: Kit;
let isThere = true;
/** Milliseconds that a job takes. */
let trainsFor = 200;

beforeAll(async () => {
  place = await openPlace(() => async (_input, onUploading, signal) => {
    await sleep(trainsFor, undefined, { signal });
    await onUploading();
    return {};
  });
  // What the model is like is nothing to the chain.
  const collect = async ({ job }: Parameters<JobDataActivities['collect']>[0]): Promise<unknown> => {
    const found = await place.api.describe(job);
    const image = found?.AlgorithmSpecification?.TrainingImage;
    return { usage: { image, archive: found?.ModelArtifacts?.S3ModelArtifacts } };
  };
  const named = (domain: string, all: object): [string, never][] =>
    Object.entries(all).map(([name, body]) => [`${domain}.${name}`, body as never]);
  kit = await startKit({
    pipelines: [trainRegisterDeploy],
    pools: { sagemaker: 2 },
    worker: { taskQueue: `examples-${randomUUID().slice(0, 8)}` },
    activities: Object.fromEntries([
      ...named('jobs', place.jobs()),
      ...named('jobs', { trainer: () => (isThere ? place.jobs() : absentJobActivities()).trainer() }),
      ...named('serving', createServingActivities(place.client, ROLE)),
      ...named('jobModels', { collect }),
    ]),
  });
});
afterAll(async () => {
  await kit.stop();
  await place.close();
});

describe('trainRegisterDeploy', () => {
  it('trains, registers and deploys, and leaves nothing that costs', async () => {
    const fireTime = '2026-03-01T00:00:00Z';
    expect(await kit.execute(trainRegisterDeploy, { fireTime, params })).toEqual({
      name: 'trainRegisterDeploy-2026-03-01T00-00-00Z',
    });
    const calls = place.fake.calls.filter((call) => /^(Create|Delete)/.test(call));
    expect(calls).toEqual([
      'CreateTrainingJob',
      'CreateModel',
      'CreateEndpointConfig',
      'CreateEndpoint',
      'DeleteEndpoint',
      'DeleteEndpointConfig',
      'DeleteModel',
    ]);
    expect([place.fake.served.models.size, place.fake.served.endpoints.size]).toEqual([0, 0]);
  });

  it('takes away what there is when a step fails, and tells of the step', async () => {
    const fireTime = '2026-03-02T00:00:00Z';
    place.fake.faults.call('CreateEndpoint', 'denied');
    await expect(kit.execute(trainRegisterDeploy, { fireTime, params })).rejects.toMatchObject({
      cause: { type: 'RunFailed' },
    });
    expect(place.fake.served.models.size).toBe(0);
    const record = await kit.ledger.record(`trainRegisterDeploy-${fireTime}`);
    expect(record?.tasks.find(({ name }) => name === 'deploy')).toMatchObject({
      state: 'failed',
      error: { type: 'SageMakerRefused' },
    });
    expect(record?.tasks.find(({ name }) => name === 'teardown')).toMatchObject({ state: 'success' });
  });

  it('stops the job, and deploys nothing, when it is cancelled while it trains', async () => {
    trainsFor = 60_000;
    const handle = await kit.start(trainRegisterDeploy, { fireTime: '2026-03-03T00:00:00Z', params });
    await vi.waitFor(() => expect(place.fake.jobs.size).toBe(3), { timeout: 20_000, interval: 20 });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect([...place.fake.jobs.values()].at(-1)?.status).toBe('Stopped');
    expect(place.fake.served.models.size).toBe(0);
  });

  it('begins nothing, and says what to set, where workers know of no SageMaker', async () => {
    const fireTime = '2026-03-04T00:00:00Z';
    const before = place.fake.calls.length;
    isThere = false;
    await expect(kit.execute(trainRegisterDeploy, { fireTime, params })).rejects.toMatchObject({
      cause: { type: 'RunFailed', message: expect.stringContaining('ASSAY_TRAINER=sagemaker') as string },
    });
    expect(place.fake.calls).toHaveLength(before);
  });
});
