/** One job of the fake: its states in time, what befalls it, and what `DescribeTrainingJob` says of it. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { ApplicationFailure } from '@temporalio/common';

import type { Algorithm, AlgorithmInput } from './algorithm.ts';
import type { JobFault } from './faults.ts';
import { seconds } from './protocol.ts';
import type { CreateRequest } from './requests.ts';

/** Milliseconds that each state lasts at least, or what each of them waits for. */
export type Pace = number | (() => Promise<void>);

export interface JobWorld {
  readonly algorithm: Algorithm;
  readonly pace: Pace;
  readonly fault: JobFault | undefined;
  readonly arn: string;
  readonly onChange: (job: TrainingJobState) => void;
}

type Status = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** Of the price on demand. */
const SPOT_PRICE = 0.3;
const CAPACITY =
  'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.';

export class TrainingJobState {
  readonly request: CreateRequest;
  status: Status = 'InProgress';
  secondary = 'Starting';
  /** Every secondary status so far. */
  readonly passed: string[] = [];
  readonly #world: JobWorld;
  readonly #created = new Date();
  readonly #stop = new AbortController();
  #modified = this.#created;
  #started: Date | undefined;
  #ended: Date | undefined;
  #reason: string | undefined;
  #metrics: Readonly<Record<string, number>> = {};
  readonly ended: Promise<void>;

  constructor(request: CreateRequest, world: JobWorld) {
    this.request = request;
    this.#world = world;
    this.ended = this.#live();
  }

  get name(): string {
    return this.request.TrainingJobName;
  }

  get hasEnded(): boolean {
    return this.status === 'Completed' || this.status === 'Failed' || this.status === 'Stopped';
  }

  stop(as: 'Stopped' | 'MaxRuntimeExceeded' | 'MaxWaitTimeExceeded' = 'Stopped'): void {
    if (this.hasEnded || this.#stop.signal.aborted) return;
    this.status = 'Stopping';
    this.#become('Stopping');
    this.#stop.abort(as);
  }

  describe(): Record<string, unknown> {
    const { Tags: _tags, ...request } = this.request;
    const { InstancePreferences: preferences, ...resources } = request.ResourceConfig;
    const selected = preferences && {
      InstancePreferences: preferences,
      SelectedInstanceType: preferences[0]?.InstanceType,
    };
    const trained = this.#trainingSeconds();
    return {
      ...request,
      ResourceConfig: { ...resources, ...selected },
      TrainingJobArn: this.#world.arn,
      TrainingJobStatus: this.status,
      SecondaryStatus: this.secondary,
      CreationTime: seconds(this.#created),
      LastModifiedTime: seconds(this.#modified),
      ...(this.#started && { TrainingStartTime: seconds(this.#started) }),
      ...(this.#ended && { TrainingEndTime: seconds(this.#ended) }),
      ...(this.#reason !== undefined && { FailureReason: this.#reason }),
      SecondaryStatusTransitions: this.passed.map((Status) => ({
        Status,
        StartTime: seconds(this.#created),
      })),
      ...(this.status === 'Completed' && {
        ModelArtifacts: { S3ModelArtifacts: this.#output() },
        FinalMetricDataList: Object.entries(this.#metrics).map(([MetricName, Value]) => ({
          MetricName,
          Value,
          Timestamp: seconds(this.#modified),
        })),
      }),
      ...(trained !== undefined && {
        TrainingTimeInSeconds: trained,
        BillableTimeInSeconds: request.EnableManagedSpotTraining ? Math.ceil(trained * SPOT_PRICE) : trained,
      }),
    };
  }

  async #live(): Promise<void> {
    const runtime = this.request.StoppingCondition.MaxRuntimeInSeconds * 1000;
    const tooLong = setTimeout(() => this.stop('MaxRuntimeExceeded'), Math.min(runtime, 2 ** 31 - 1));
    try {
      await this.#provision();
      if (this.#world.fault === 'spot-interruption') await this.#interrupt();
      await this.#phase('Downloading');
      this.#started = new Date();
      await this.#train();
      this.#end('Completed', 'Completed');
    } catch (error) {
      if (this.#stop.signal.aborted) this.#end('Stopped', String(this.#stop.signal.reason));
      else this.#fail(wordsOf(error));
    } finally {
      clearTimeout(tooLong);
    }
  }

  async #provision(): Promise<void> {
    await this.#phase('Starting');
    const { fault } = this.#world;
    if (fault === 'capacity') throw new Error(CAPACITY);
    if (fault === 'internal') throw new Error('InternalServerError: We encountered an internal error.');
    if (fault !== 'no-spot' || !this.request.EnableManagedSpotTraining) return;
    await this.#phase('Pending');
    this.stop('MaxWaitTimeExceeded');
    this.#stop.signal.throwIfAborted();
  }

  /** The container begins anew: its checkpoints are of no use. */
  async #interrupt(): Promise<void> {
    for (const status of ['Downloading', 'Training', 'Interrupted', 'Starting']) await this.#phase(status);
  }

  async #train(): Promise<void> {
    if (this.#world.fault === 'algorithm')
      throw new Error('AlgorithmError: framework error: label must be in [0,1]');
    await this.#phase('Training');
    const input: AlgorithmInput = {
      hyperparameters: this.request.HyperParameters,
      channels: Object.fromEntries(
        this.request.InputDataConfig.map(({ ChannelName, DataSource: { S3DataSource } }) => [
          ChannelName,
          { uri: S3DataSource.S3Uri, isManifest: S3DataSource.S3DataType === 'ManifestFile' },
        ]),
      ),
      output: this.#output(),
    };
    this.#metrics = await this.#world.algorithm(input, () => this.#phase('Uploading'), this.#stop.signal);
  }

  #output(): string {
    return `${this.request.OutputDataConfig.S3OutputPath}/${this.name}/output/model.tar.gz`;
  }

  async #phase(status: string): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    this.#become(status);
    const { pace } = this.#world;
    if (typeof pace === 'number') return sleep(pace, undefined, { signal });
    await Promise.race([pace(), once(signal, 'abort')]);
    signal.throwIfAborted();
  }

  #fail(reason: string): void {
    this.#reason = reason;
    this.#end('Failed', 'Failed');
  }

  #end(status: Status, secondary: string): void {
    this.#ended = new Date();
    this.status = status;
    this.#become(secondary);
  }

  #become(status: string): void {
    this.secondary = status;
    this.passed.push(status);
    this.#modified = new Date();
    this.#world.onChange(this);
  }

  #trainingSeconds(): number | undefined {
    if (!this.#started || !this.#ended) return undefined;
    return Math.max(1, Math.ceil((this.#ended.getTime() - this.#started.getTime()) / 1000));
  }
}

/** The container says whose fault it was before what it was. */
function wordsOf(error: unknown): string {
  if (error instanceof ApplicationFailure) return `AlgorithmError: ${error.message}`;
  const message = error instanceof Error ? error.message : String(error);
  return /^\w+Error: /.test(message) ? message : `AlgorithmError: ${message}`;
}
