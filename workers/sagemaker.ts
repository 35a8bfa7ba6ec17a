/** Wires the trainer on SageMaker where the configuration asks for it; its client is loaded only then. */
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';

import type { RegistryActivities } from '../activities/registry/contract.ts';
import { absentJobActivities } from '../activities/training/sagemaker/absent.ts';
import type { TrainingApi } from '../activities/training/sagemaker/api.ts';
import type {
  JobActivities,
  JobDataActivities,
  ServingActivities,
} from '../activities/training/sagemaker/contract.ts';
import type { SageMakerSettings } from '../activities/training/sagemaker/settings.ts';
import { findProject } from '../activities/project/activities.ts';
import type { SageMakerConfig } from '../temporal.config.ts';
import type { SageMakerEnv } from './env.ts';
import { SCRATCH } from './scratch.ts';
import type { Services } from './services.ts';

/** Throttled calls are slowed down and repeated by the client itself. */
const ATTEMPTS = 8;
const CONNECT_MS = 5_000;
const SILENCE_MS = 20_000;
/** Of a server on this machine, which does not look. */
const NO_ROLE = 'arn:aws:iam::000000000000:role/nobody';
const NEAR = '1s';

type Needed = Pick<Services, 'env' | 'config' | 'store' | 'projects'>;

/** Of a control worker. */
export async function jobActivities(services: Needed): Promise<Partial<JobActivities>> {
  if (trainerOf(services) === 'local') return absentJobActivities();
  const { createJobActivities } = await import('../activities/training/sagemaker/jobs.ts');
  const { store } = services;
  return createJobActivities({
    api: await openApi(services.env.sagemaker),
    store,
    settings: settingsOf(services),
  });
}

/** Endpoints, for pipelines that deploy to SageMaker; none without a role to run them as. */
export async function servingActivities({ env }: Needed): Promise<ServingActivities | Record<never, never>> {
  const { role, endpoint } = env.sagemaker;
  if (role === undefined && endpoint === undefined) return {};
  const { createServingActivities } = await import('../activities/training/sagemaker/serving.ts');
  return createServingActivities(await openClient(env.sagemaker), role ?? NO_ROLE);
}

/** Of a worker that trains. */
export async function jobDataActivities(
  services: Needed,
  library: string,
): Promise<JobDataActivities | Record<never, never>> {
  if (trainerOf(services) === 'local') return {};
  const { collectJob } = await import('../activities/training/sagemaker/collect.ts');
  const { ordersFor } = await import('../activities/training/sagemaker/orders.ts');
  const { createMeasure } = await import('../activities/training/xgboost/measure.ts');
  const { maxModelBytes } = settingsOf(services);
  const { env, store, projects } = services;
  const collecting = { api: await openApi(env.sagemaker), store, maxModelBytes, scratch: SCRATCH };
  const measure = createMeasure(library);
  return {
    orders: async ({ project, dataset, family }) =>
      ordersFor(findProject(projects, project), dataset, family),
    collect: (input) => collectJob({ ...collecting, measure }, input),
  };
}

/** The registry's activities, which tell SageMaker's model registry too where the configuration says so. */
export async function packagedRegistry(
  services: Needed & Pick<Services, 'registry'>,
  activities: RegistryActivities,
): Promise<RegistryActivities> {
  const { env, config, store, registry } = services;
  if (!(env.sagemaker.modelPackages ?? config.sagemaker.modelPackages)) return activities;
  const { createModelPackages } = await import('../activities/training/sagemaker/model-packages.ts');
  const { withModelPackages } = await import('../activities/registry/model-packages.ts');
  return withModelPackages(activities, registry, createModelPackages(await openClient(env.sagemaker), store));
}

function trainerOf({ env, config }: Needed): 'local' | 'sagemaker' {
  return env.trainer ?? config.trainer;
}

async function openApi(env: SageMakerEnv): Promise<TrainingApi> {
  const { createTrainingApi } = await import('../activities/training/sagemaker/api.ts');
  return createTrainingApi(await openClient(env));
}

async function openClient(env: SageMakerEnv): Promise<SageMakerClient> {
  const { SageMakerClient } = await import('@aws-sdk/client-sagemaker');
  return new SageMakerClient({
    ...(env.region !== undefined && { region: env.region }),
    ...(env.endpoint !== undefined && { endpoint: env.endpoint }),
    retryMode: 'adaptive',
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  });
}

/** @throws Error naming everything that is missing */
function settingsOf({ env: { sagemaker: env }, config: { sagemaker }, store }: Needed): SageMakerSettings {
  const role = env.role ?? (env.endpoint === undefined ? undefined : NO_ROLE);
  const missing = [
    ...(store.uri.startsWith('s3://')
      ? []
      : [`a store in S3 (ASSAY_STORE=s3://bucket/prefix, not ${store.uri})`]),
    ...(env.region === undefined ? ['a region (AWS_REGION)'] : []),
    ...(role === undefined ? ['a role for the jobs (ASSAY_SAGEMAKER_ROLE)'] : []),
    ...(env.subnets.length > 0 === env.securityGroups.length > 0
      ? []
      : ['subnets and security groups together (ASSAY_SAGEMAKER_SUBNETS, ASSAY_SAGEMAKER_SECURITY_GROUPS)']),
  ];
  if (missing.length > 0 || role === undefined || env.region === undefined) {
    throw new Error(
      `Training on SageMaker needs ${missing.join('; ')}. ASSAY_TRAINER=local trains on the workers.`,
    );
  }
  const { subnets, securityGroups, kmsKeyId } = env;
  return {
    ...pacedFor(env, sagemaker),
    region: env.region,
    role,
    ...(subnets.length > 0 && { vpc: { subnets, securityGroups } }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  };
}

/** A server on this machine is asked as often as it changes. */
function pacedFor({ endpoint }: SageMakerEnv, config: SageMakerConfig): SageMakerConfig {
  if (endpoint === undefined) return config;
  return { ...config, poll: NEAR, pauses: { capacity: NEAR, quota: NEAR, internal: NEAR } };
}
