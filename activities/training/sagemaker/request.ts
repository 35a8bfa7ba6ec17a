/** What is asked of SageMaker for an order, and whether a job that is there already was asked for the same. */
import type {
  Channel,
  CreateTrainingJobCommandInput,
  DescribeTrainingJobCommandOutput,
  ResourceConfig,
  TrainingInstanceType,
} from '@aws-sdk/client-sagemaker';
import { ApplicationFailure } from '@temporalio/common';

import { digestOf } from '../../artefact.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { JobOrder } from './contract.ts';
import type { SageMakerSettings } from './settings.ts';

export interface RequestParts {
  readonly order: JobOrder;
  readonly name: string;
  readonly image: string;
  readonly settings: SageMakerSettings;
  /** Why the jobs before this one have failed, oldest first. */
  readonly past: readonly string[];
}

/** Without it the container takes a channel for libsvm. */
const CONTENT_TYPE = 'application/x-parquet';

/** Writes the lists of files that channels of several folders need. */
export async function trainingJobRequest(
  store: ObjectStore,
  { order, name, image, settings, past }: RequestParts,
): Promise<CreateTrainingJobCommandInput & { TrainingJobName: string }> {
  const { role, vpc, kmsKeyId, tags, maxRuntimeSeconds } = settings;
  const spot = past.includes('SpotWaitExceeded') ? undefined : settings.spot;
  const { train, validation } = order.channels;
  const MaxWaitTimeInSeconds = spot && Math.max(spot.maxWaitSeconds, maxRuntimeSeconds);
  return {
    TrainingJobName: name,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    RoleArn: role,
    HyperParameters: { ...order.hyperparameters },
    InputDataConfig: [
      await channel(store, order.root, 'train', train),
      ...(validation ? [await channel(store, order.root, 'validation', validation)] : []),
    ],
    OutputDataConfig: {
      S3OutputPath: `${store.uri}/${order.root}/sagemaker`,
      ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    },
    ResourceConfig: resources(settings, spot !== undefined, past),
    StoppingCondition: {
      MaxRuntimeInSeconds: maxRuntimeSeconds,
      ...(MaxWaitTimeInSeconds !== undefined && { MaxWaitTimeInSeconds }),
    },
    EnableManagedSpotTraining: spot !== undefined,
    ...(vpc && { VpcConfig: { Subnets: [...vpc.subnets], SecurityGroupIds: [...vpc.securityGroups] } }),
    Tags: Object.entries({ ...tags, 'assay:project': order.project, 'assay:family': order.family }).map(
      ([Key, Value]) => ({ Key, Value }),
    ),
  };
}

/** @throws JobNameTaken where the job of this name was asked for something else */
export function assertSame(
  wanted: CreateTrainingJobCommandInput,
  found: DescribeTrainingJobCommandOutput,
): void {
  const [ours, theirs] = [inputsOf(wanted), inputsOf(found)];
  const different = Object.keys(ours).filter((name) => ours[name] !== theirs[name]);
  if (different.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `The training job ${wanted.TrainingJobName} is there already, with other ${different.join(', ')}. ` +
      'Rerun the task in a new attempt, so that its job gets another name.',
    'JobNameTaken',
    { job: wanted.TrainingJobName, different },
  );
}

/** What decides on the model; instances and tags may have been configured anew since. */
function inputsOf(
  job: CreateTrainingJobCommandInput | DescribeTrainingJobCommandOutput,
): Record<string, string> {
  const sorted = (record: Readonly<Record<string, string>> = {}): string =>
    JSON.stringify(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    image: job.AlgorithmSpecification?.TrainingImage ?? '',
    hyperparameters: sorted(job.HyperParameters),
    channels: sorted(
      Object.fromEntries(
        (job.InputDataConfig ?? []).map(({ ChannelName, DataSource }) => [
          ChannelName ?? '',
          DataSource?.S3DataSource?.S3Uri ?? '',
        ]),
      ),
    ),
    output: job.OutputDataConfig?.S3OutputPath ?? '',
  };
}

/**
 * On demand SageMaker goes through the preferences by itself; spot capacity is of one type, so that each job that
 * found none is followed by one of the next type.
 */
function resources(
  { instances, volumeGb, kmsKeyId }: SageMakerSettings,
  spot: boolean,
  past: readonly string[],
): ResourceConfig {
  const types = instances as readonly TrainingInstanceType[];
  const missed = past.filter((error) => error === 'CapacityUnavailable').length;
  const wanted: ResourceConfig =
    spot || types.length === 1
      ? { InstanceType: types[missed % types.length], InstanceCount: 1 }
      : { InstancePreferences: types.map((InstanceType) => ({ InstanceType })), InstanceCount: 1 };
  return { ...wanted, VolumeSizeInGB: volumeGb, ...(kmsKeyId !== undefined && { VolumeKmsKeyId: kmsKeyId }) };
}

async function channel(
  store: ObjectStore,
  root: string,
  name: string,
  folders: readonly string[],
): Promise<Channel> {
  const [only] = folders;
  const S3DataSource =
    only !== undefined && folders.length === 1
      ? { S3DataType: 'S3Prefix' as const, S3Uri: `${store.uri}/${only}/` }
      : { S3DataType: 'ManifestFile' as const, S3Uri: await manifest(store, root, folders) };
  return {
    ChannelName: name,
    ContentType: CONTENT_TYPE,
    InputMode: 'File',
    CompressionType: 'None',
    DataSource: { S3DataSource: { ...S3DataSource, S3DataDistributionType: 'FullyReplicated' } },
  };
}

/** A prefix that all files have in common, then their names: how SageMaker is told of files in several folders. */
async function manifest(store: ObjectStore, root: string, folders: readonly string[]): Promise<string> {
  const files: string[] = [];
  for (const folder of folders) {
    for await (const { key } of store.list(`${folder}/`)) files.push(key.slice(root.length + 1));
  }
  const text = JSON.stringify([{ prefix: `${store.uri}/${root}/` }, ...files]);
  const key = `${root}/manifests/${digestOf(text)}.json`;
  await store.putIfAbsent(key, text);
  return `${store.uri}/${key}`;
}
