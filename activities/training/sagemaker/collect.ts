/** What a finished job has left: its model as an artefact, judged on the validation channel, and what it has cost. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { ApplicationFailure } from '@temporalio/common';

import { writeArtefact } from '../../artefact.ts';
import { attempt } from '../../attempt.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { Measure } from '../xgboost/measure.ts';
import type { TrainingApi } from './api.ts';
import type { JobOrder, JobUsage, TrainedJob } from './contract.ts';
import { turnOf } from './job-name.ts';
import { unpackModel } from './model-archive.ts';

export interface CollectDependencies {
  readonly api: Pick<TrainingApi, 'describe'>;
  readonly store: ObjectStore;
  readonly maxModelBytes: number;
  readonly measure: Measure;
  /** Folder for what is needed for a moment; the system's own by default. */
  readonly scratch?: string;
}

/** @throws InvalidArchive, TrainingJobGone */
export async function collectJob(
  dependencies: CollectDependencies,
  { order, job }: { readonly order: JobOrder; readonly job: string },
): Promise<TrainedJob> {
  const { store } = dependencies;
  const found = await dependencies.api.describe(job);
  if (found?.TrainingJobStatus !== 'Completed') {
    const message = `The training job ${job} has no model to collect. Rerun the task.`;
    throw ApplicationFailure.nonRetryable(message, 'TrainingJobGone', { job });
  }
  const usage = usageOf(job, found);
  const model = await fetchModel(dependencies, usage.archive);
  const { rounds, metrics } = await judge(dependencies, order, model);
  const [auc, logLoss] = [metrics['validation-auc'], metrics['validation-logloss']];
  const { family, trial, fold, hyperparameters } = order;
  attempt().log('model collected', { job, rounds, auc, logLoss, billableSeconds: usage.billableSeconds });
  return {
    family,
    trial,
    ...(fold !== undefined && { fold }),
    hyperparameters,
    rounds,
    ...(auc !== undefined && logLoss !== undefined && { validation: { auc, logLoss } }),
    model: await writeArtefact(store, `${order.root}/models`, 'ubj', model),
    usage,
  };
}

function usageOf(name: string, found: DescribeTrainingJobCommandOutput): JobUsage {
  const { ResourceConfig, TrainingTimeInSeconds: trainingSeconds = 0, ModelArtifacts } = found;
  const {
    BillableTimeInSeconds: billableSeconds = trainingSeconds,
    EnableManagedSpotTraining: spot = false,
  } = found;
  return {
    name,
    image: found.AlgorithmSpecification?.TrainingImage ?? '',
    instance: ResourceConfig?.SelectedInstanceType ?? ResourceConfig?.InstanceType ?? 'unknown',
    spot,
    jobs: turnOf(name),
    trainingSeconds,
    billableSeconds,
    spotSaving: trainingSeconds > 0 ? Math.max(0, 1 - billableSeconds / trainingSeconds) : 0,
    archive: ModelArtifacts?.S3ModelArtifacts ?? '',
    reported: reportedMetrics(found),
  };
}

/** `validation:auc` there, `validation-auc` here. */
function reportedMetrics({
  FinalMetricDataList = [],
}: DescribeTrainingJobCommandOutput): Record<string, number> {
  return Object.fromEntries(
    FinalMetricDataList.map(({ MetricName = '', Value = Number.NaN }) => [
      MetricName.replace(':', '-'),
      Value,
    ]),
  );
}

async function fetchModel(
  { store, maxModelBytes, scratch = tmpdir() }: CollectDependencies,
  archive: string,
): Promise<Uint8Array> {
  const root = `${store.uri}/`;
  if (!archive.startsWith(root)) {
    const message = `The job has left its model at ${archive}, outside of ${store.uri}. Rerun the task.`;
    throw ApplicationFailure.nonRetryable(message, 'InvalidArchive');
  }
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'assay-model-'));
  try {
    const file = join(folder, 'xgboost-model');
    await unpackModel(await store.stream(archive.slice(root.length)), file, maxModelBytes);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Not by the figures that SageMaker reports: those are of the last round and have five digits, while the model that
 * stopped early is of the best round.
 */
async function judge(
  { store, measure }: CollectDependencies,
  { channels, hyperparameters }: JobOrder,
  model: Uint8Array,
): ReturnType<Measure> {
  const files: string[] = [];
  for (const folder of channels.validation ?? []) {
    for await (const { key } of store.list(`${folder}/`)) files.push(await store.stage(key));
  }
  return measure(model, files, hyperparameters);
}
