/** A fake SageMaker over a folder that plays the bucket, with everything that jobs are started with. */
import { join } from 'node:path';

import { SageMakerClient } from '@aws-sdk/client-sagemaker';

import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import type { ObjectStore } from '../../../store/contract.ts';
import { createLocalStore } from '../../../store/local-store.ts';
import { createTrainingApi, type TrainingApi } from '../api.ts';
import type { JobOrder } from '../contract.ts';
import type { Algorithm } from '../fake/algorithm.ts';
import { startFakeSageMaker, type FakeOptions, type FakeSageMaker } from '../fake/server.ts';
import { createJobActivities } from '../jobs.ts';
import type { JobActivities } from '../contract.ts';
import type { SageMakerSettings } from '../settings.ts';

const SETTINGS: SageMakerSettings = {
  region: 'us-east-1',
  role: 'arn:aws:iam::123456789012:role/assay-training',
  version: '3.2-0',
  instances: ['ml.m5.large'],
  volumeGb: 10,
  maxRuntimeSeconds: 3600,
  tags: { owner: 'assay' },
  maxModelBytes: 50 * 1024 * 1024,
  poll: '100ms',
  pauses: { capacity: '100ms', quota: '100ms', internal: '100ms' },
};

export const ORDER: JobOrder = {
  project: 'visits',
  family: 'boosted',
  trial: 0,
  root: 'training/abc',
  hyperparameters: { num_round: '5', objective: 'binary:logistic', eval_metric: 'auc,logloss' },
  channels: { train: ['training/abc/train'], validation: ['training/abc/validation'] },
};

export interface Place {
  readonly fake: FakeSageMaker;
  readonly client: SageMakerClient;
  readonly api: TrainingApi;
  readonly store: ObjectStore;
  /** The folder that plays the bucket. */
  readonly bucket: ObjectStore;
  jobs(over?: Partial<SageMakerSettings>, now?: () => Date): JobActivities;
  close(): Promise<void>;
}

/** @param algorithm instead of a real training, given the bucket */
export async function openPlace(
  algorithm: (bucket: ObjectStore) => Algorithm,
  options: Omit<FakeOptions, 'algorithm'> = {},
): Promise<Place> {
  const folder = await temporaryFolder('sagemaker');
  const bucket = createLocalStore(folder);
  const fake = await startFakeSageMaker({ pace: 20, ...options, algorithm: algorithm(bucket) });
  const client = sageMakerClient(fake.endpoint);
  const store = { ...createLocalStore(join(folder, 'store')), uri: 's3://bucket/store' };
  const api = createTrainingApi(client);
  return {
    fake,
    client,
    api,
    store,
    bucket,
    jobs: (over = {}, now) =>
      createJobActivities({ api, store, settings: { ...SETTINGS, ...over }, ...(now && { now }) }),
    async close() {
      client.destroy();
      await fake.stop();
    },
  };
}

function sageMakerClient(endpoint: string): SageMakerClient {
  const credentials = { accessKeyId: 'assay-test', secretAccessKey: 'not-a-secret' };
  return new SageMakerClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
}
