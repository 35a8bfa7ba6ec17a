/** Where Assay's work is carried, how large its workers are, and what starts by itself. Data only: the environment picks an overlay by `ASSAY_ENV`. */

import type { Duration } from '@temporalio/common';
import type { Duration as Pause } from './workflows/domain/duration.ts';
import type { ScheduleDeclaration } from './workflows/domain/calendar/schedule.ts';
import type { EventRule } from './workflows/domain/events/rule.ts';
import type { Channels } from './workflows/domain/notices/channel.ts';
import type { Subscription } from './workflows/domain/notices/notice.ts';

export type Queue = 'control' | 'data' | 'training';
export type EnvironmentName = 'development' | 'staging' | 'production';

interface WorkerSize {
  /** Memory of the task that runs the worker; DuckDB takes half of it. */
  readonly memoryMb: number;
  readonly threads: number;
  readonly maxConcurrentActivities: number;
}

/** How jobs on SageMaker are asked for; what belongs to an account stands in the environment (`ASSAY_SAGEMAKER_…`). */
export interface SageMakerConfig {
  /** Of the built-in XGBoost. */
  readonly version: string;
  /** In the order of preference: the next one is asked for where the one before has no capacity. */
  readonly instances: readonly [string, ...string[]];
  readonly volumeGb: number;
  readonly maxRuntimeSeconds: number;
  /** Spot capacity, and how long a job may wait for it and run in all; on demand without it. */
  readonly spot?: { readonly maxWaitSeconds: number };
  readonly tags: Readonly<Record<string, string>>;
  /** A larger archive, or a larger model in it, is refused. */
  readonly maxModelBytes: number;
  /** Between two looks at a job. */
  readonly poll: Pause;
  /** Before another job is started in the place of one that has failed, by what it lacked. */
  readonly pauses: { readonly capacity: Pause; readonly quota: Pause; readonly internal: Pause };
  /** Whether versions stand in a model package group too; `ASSAY_SAGEMAKER_MODEL_PACKAGES` has the last word. */
  readonly modelPackages: boolean;
}

export interface AssayConfig {
  readonly namespace: string;
  /** Who trains; `ASSAY_TRAINER` has the last word. */
  readonly trainer: 'local' | 'sagemaker';
  readonly sagemaker: SageMakerConfig;
  readonly workers: Readonly<Record<Queue, WorkerSize>>;
  /** Of what stands in histories: where it is required, nothing starts without keys. */
  readonly encryption: 'optional' | 'required';
  /** How long a worker that is asked to stop lets its activities finish; Fargate grants 120 s in all. */
  readonly shutdownGrace: Duration;
  readonly shutdownForce: Duration;
  /**
   * Slots that tasks of all pipelines share, by the name of the pool: `run.task(name, { pool: 'warehouse' }, …)`.
   * `assay pools set` changes a number while runs are at work; another number here replaces it.
   */
  readonly pools: Readonly<Record<string, number>>;
  /**
   * `secret://name` is looked for in the environment as `ASSAY_SECRET_<NAME>`, then, where a prefix is given, in AWS
   * Secrets Manager as `<prefix><name>`.
   */
  readonly secrets: { readonly awsPrefix?: string };
  /** Pipelines name channels; what they do not say, the defaults do. */
  readonly notices: { readonly channels: Channels; readonly defaults: readonly Subscription[] };
  /**
   * What is done about events from outside, which come by the queue that `ASSAY_EVENTS_QUEUE` names: files in S3,
   * training jobs, alarms. Polls stay: what no event tells is found a little later.
   */
  readonly events: readonly EventRule[];
  /** What `assay schedules apply` makes so on the server. */
  readonly schedules: readonly ScheduleDeclaration[];
}

const schedules: readonly ScheduleDeclaration[] = [
  {
    name: 'readmission-monthly',
    pipeline: 'lifecycle',
    key: 'readmission',
    params: { project: 'readmission' },
    // Midnight UTC, so that intervals are the months by which encounters arrive.
    timetable: { cron: '@monthly' },
    catchup: 'all',
  },
  {
    name: 'readmission-weekly',
    // Whether anything is trained is the governor's to decide.
    pipeline: 'review',
    key: 'readmission',
    params: { project: 'readmission' },
    timetable: { on: { at: ['02:00'], days: ['sun'] } },
  },
];

const events: readonly EventRule[] = [
  {
    name: 'training-job-changed',
    on: 'training-job',
    effect: () => ({ do: 'wake', pipeline: 'training' }),
  },
  {
    name: 'drift-alarm',
    on: 'alarm',
    // As Terraform names it. The governor looks at what monitoring wrote; an alarm only makes it look at once.
    effect: ({ alarm, state }) =>
      state === 'ALARM' && alarm.endsWith('-alarm-drift')
        ? { do: 'signal', workflow: 'governor-readmission', signal: 'monitored' }
        : undefined,
  },
];

const base: AssayConfig = {
  namespace: 'default',
  trainer: 'local',
  sagemaker: {
    version: '3.2-0',
    instances: ['ml.m5.large', 'ml.m5.xlarge', 'ml.m6i.large'],
    volumeGb: 10,
    maxRuntimeSeconds: 3_600,
    spot: { maxWaitSeconds: 7_200 },
    tags: { application: 'assay' },
    maxModelBytes: 512 * 1024 * 1024,
    poll: '30s',
    pauses: { capacity: '5m', quota: '5m', internal: '1m' },
    modelPackages: false,
  },
  workers: {
    control: { memoryMb: 1024, threads: 1, maxConcurrentActivities: 40 },
    data: { memoryMb: 1024, threads: 2, maxConcurrentActivities: 1 },
    training: { memoryMb: 1024, threads: 2, maxConcurrentActivities: 1 },
  },
  encryption: 'optional',
  secrets: {},
  notices: {
    channels: { oncall: { kind: 'log' } },
    defaults: [{ on: ['deadline', 'page'], to: ['oncall'] }],
  },
  shutdownGrace: '2s',
  shutdownForce: '10s',
  /** Jobs that train side by side: at most the account's quota of instances, which is small at first. */
  pools: { sagemaker: 4 },
  events,
  schedules,
};

/** What somebody has to look at, to the topic that Terraform makes: people and services subscribe to that. */
const notices: AssayConfig['notices'] = {
  channels: { oncall: { kind: 'sns', topicArn: 'secret://notices-topic' } },
  defaults: [{ on: ['failure', 'deadline', 'approval', 'page'], to: ['oncall'] }],
};

/** Sizes of the Fargate tasks, two data workers' worth of DuckDB per task at most. */
const fargate: Partial<AssayConfig> = {
  workers: {
    control: { memoryMb: 1024, threads: 1, maxConcurrentActivities: 40 },
    data: { memoryMb: 2048, threads: 1, maxConcurrentActivities: 1 },
    training: { memoryMb: 4096, threads: 2, maxConcurrentActivities: 1 },
  },
  encryption: 'required',
  shutdownGrace: '100s',
  shutdownForce: '115s',
};

const overlays: Readonly<Record<EnvironmentName, Partial<AssayConfig>>> = {
  // On one machine months are fed by hand: `assay schedules resume` lets the calendar do it.
  development: { schedules: schedules.map((schedule) => ({ ...schedule, paused: true })) },
  staging: {
    ...fargate,
    notices,
    secrets: { awsPrefix: 'assay/staging/' },
    namespace: 'assay-staging',
    trainer: 'sagemaker',
  },
  production: {
    ...fargate,
    notices,
    secrets: { awsPrefix: 'assay/production/' },
    namespace: 'assay',
    trainer: 'sagemaker',
  },
};

export function configFor(environment: EnvironmentName): AssayConfig {
  return { ...base, ...overlays[environment] };
}
