/**
 * Training on SageMaker. What the local trainer does in one call is apart here, for between its beginning and its
 * end a job needs nobody: it is started, watched, and its model collected. The job's name follows from the task's
 * key, so that whoever asks again finds the job that is there.
 */
import type { Retries } from '../../../workflows/domain/retry.ts';
import type { ArtefactRef } from '../../../workflows/domain/reference.ts';
import type { Dataset, Family } from '../contract.ts';
import type { TrainingJob } from '../trainer.ts';

/** What is to be trained. */
export interface JobOrder extends Pick<TrainingJob, 'channels' | 'hyperparameters'> {
  readonly project: string;
  readonly family: Family;
  readonly trial: number;
  /** Which part of the training side judges it, where selection is by cross-validation. */
  readonly fold?: number;
  /** Folder in the store: jobs write under it, and models are kept there. */
  readonly root: string;
}

export interface JobState {
  readonly job: string;
  /** SageMaker's secondary status: `Downloading`, `Training`, `Interrupted`, … */
  readonly status: string;
  /** Absent while the job runs. */
  readonly end?: JobEnd;
}

export type JobEnd =
  | { readonly kind: 'completed' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: JobFailure };

/** By the names of the error table in `failures.ts`. */
export interface JobFailure {
  readonly type: string;
  readonly message: string;
}

/** What a job has cost, as SageMaker bills it. */
export interface JobUsage {
  readonly name: string;
  readonly image: string;
  readonly instance: string;
  readonly spot: boolean;
  /** How many jobs it took: failed ones are followed by one of another name. */
  readonly jobs: number;
  readonly trainingSeconds: number;
  readonly billableSeconds: number;
  /** Share of the training time that was not billed; 0 on demand. */
  readonly spotSaving: number;
  /** `s3://…/model.tar.gz` */
  readonly archive: string;
  /** `FinalMetricDataList`: of the last round, where training stopped early a later one than the model's. */
  readonly reported: Readonly<Record<string, number>>;
}

export interface TrainedJob extends Pick<JobOrder, 'family' | 'trial' | 'fold' | 'hyperparameters'> {
  readonly rounds: number;
  /** Of the model as it stands in the file; absent without a validation channel. */
  readonly validation?: { readonly auc: number; readonly logLoss: number };
  readonly model: ArtefactRef;
  readonly usage: JobUsage;
}

/** Who trains, as the workers are configured. */
export type TrainerDescription =
  | { readonly kind: 'local' }
  /** `retries` is the error table's half that the engine carries out. */
  | { readonly kind: 'sagemaker'; readonly retries: Retries };

/** Light: calls of the API, no data. */
export interface JobActivities {
  trainer(): Promise<TrainerDescription>;
  /**
   * Starts the job, or takes over the one that an earlier try has started.
   * @throws JobNameTaken, QuotaExceeded, ImageNotSupported, and what the API refuses
   */
  start(input: { order: JobOrder; key: string }): Promise<JobState>;
  /** Answers when the status is another than `seen`. @throws NotYet, after which to look again */
  watch(input: { job: string; seen: string }): Promise<JobState>;
  /** Both in one, for whoever would rather hold a worker: how far it has come goes with the heartbeats. */
  follow(input: { order: JobOrder; key: string }): Promise<JobState>;
  /** Asks the newest job of the key to stop; `null` where there is none. */
  stop(input: { order: JobOrder; key: string }): Promise<JobState | null>;
}

/** With data: on the workers that train. */
export interface JobDataActivities {
  /** One order for each trial, and each fold of it. @throws UnknownFamily, InvalidSpec */
  orders(input: { project: string; dataset: Dataset; family: Family }): Promise<readonly JobOrder[]>;
  /** @throws InvalidArchive, DigestMismatch */
  collect(input: { order: JobOrder; job: string }): Promise<TrainedJob>;
}

/** A model of SageMaker behind an endpoint; all of it goes by one name. */
export interface ServingActivities {
  createModel(input: { name: string; image: string; archive: string }): Promise<void>;
  createEndpoint(input: { name: string; instance: string }): Promise<void>;
  /** @throws NotYet while it is being made, EndpointFailed */
  inService(input: { name: string }): Promise<{ name: string }>;
  /** Endpoint, its configuration and the model; what is not there is no fault. */
  remove(input: { name: string }): Promise<void>;
}
