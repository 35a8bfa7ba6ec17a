import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ProjectSpec } from '../../../workflows/domain/project.ts';
import { createRegistryActivities } from '../../registry/activities.ts';
import type { RegistryActivities } from '../../registry/contract.ts';
import { withModelPackages } from '../../registry/model-packages.ts';
import { createRegistry } from '../../registry/registry.ts';
import { makeRegistration, type Registration } from '../../registry/testing/registrations.ts';
import type { JobUsage } from './contract.ts';
import { createModelPackages } from './model-packages.ts';
import { openPlace, type Place } from './testing/place.ts';

const MODEL = 'demo_model';
const JOB: JobUsage = {
  name: 'demo-boosted-0-abc-1',
  image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
  instance: 'ml.m5.large',
  spot: true,
  jobs: 1,
  trainingSeconds: 100,
  billableSeconds: 30,
  spotSaving: 0.7,
  archive: 's3://bucket/store/training/abc/sagemaker/demo-boosted-0-abc-1/output/model.tar.gz',
  reported: {},
};

let place: Place;
let activities: RegistryActivities;

beforeEach(async () => {
  place = await openPlace(() => async () => ({}));
  const { store, client } = place;
  const registry = createRegistry(store);
  const spec = (): ProjectSpec => ({ model: MODEL }) as ProjectSpec;
  const own = createRegistryActivities({ codeVersion: 'test', store, registry, spec });
  activities = withModelPackages(own, registry, createModelPackages(client, store));
});
afterEach(() => place.close());

async function registration(key: string, job: JobUsage | undefined = JOB): Promise<Registration> {
  const made = await makeRegistration(place.store, key);
  return { ...made, candidate: { ...made.candidate, ...(job && { job }) } };
}

function statuses(): [string, string | undefined][] {
  return [...place.fake.packages.values()].map(({ status, reason }) => [status, reason]);
}

function promote(version: number, expected: number | null): Promise<unknown> {
  const key = `promote/${version}`;
  return activities.promote({ model: MODEL, version, expected, by: 'test', reason: 'it is better', key });
}

describe('a model package', () => {
  it('is registered with its version, pending, with image, archive and metrics', async () => {
    await activities.register(await registration('a'));
    const [[arn, { request, status }] = ['', { request: {}, status: '' }]] = place.fake.packages;
    expect(arn).toMatch(/model-package\/demo-model\/1$/);
    expect(status).toBe('PendingManualApproval');
    expect(request).toMatchObject({
      ModelPackageGroupName: 'demo-model',
      InferenceSpecification: { Containers: [{ Image: JOB.image, ModelDataUrl: JOB.archive }] },
      ModelMetrics: {
        ModelQuality: {
          Statistics: {
            S3Uri: expect.stringMatching(/^s3:\/\/bucket\/store\/registry\/demo_model\/.*metrics/),
          },
        },
      },
      CustomerMetadataProperties: { version: '1', run: 'run of a' },
    });
  });

  it('is registered once, however often the activity is tried', async () => {
    const input = await registration('a');
    await Promise.all([activities.register(input), activities.register(input)]);
    await activities.register(input);
    expect(place.fake.packages.size).toBe(1);
  });

  it('is approved with the promotion, and rejected by a gate that fails', async () => {
    await activities.register(await registration('a'));
    await activities.register(await registration('b'));
    await promote(1, null);
    const result = { gate: 'auc', verdict: 'fail' as const, value: 0.5, bound: '0.62', reason: 'too low' };
    const verdict = { verdict: 'fail' as const, results: [result] };
    await activities.recordGate({ model: MODEL, version: 2, against: 1, verdict, by: 'test', key: 'gate/2' });
    expect(statuses()).toEqual([
      ['Approved', 'it is better'],
      ['Rejected', 'the gate failed: auc'],
    ]);
  });

  it('changes places with the one before when the champion is rolled back', async () => {
    await activities.register(await registration('a'));
    await activities.register(await registration('b'));
    await promote(1, null);
    await promote(2, 1);
    await activities.rollback({ model: MODEL, by: 'test', reason: 'complaints', key: 'rollback' });
    expect(statuses()).toEqual([
      ['Approved', 'complaints'],
      ['Rejected', 'complaints'],
    ]);
  });

  it('is not there for a model that was trained here, whose promotion goes on without', async () => {
    const made = await makeRegistration(place.store, 'a');
    await activities.register(made);
    await promote(1, null);
    expect(place.fake.packages.size).toBe(0);
    expect(place.fake.calls).toEqual([]);
  });

  it('makes the activity fail, to be tried again, where SageMaker does not answer', async () => {
    place.fake.faults.call('CreateModelPackage', 'throttle');
    const input = await registration('a');
    await expect(activities.register(input)).rejects.toMatchObject({ type: 'SageMakerUnavailable' });
    await activities.register(input);
    expect(statuses()).toEqual([['PendingManualApproval', undefined]]);
  });
});
