/** Where Assay's work is carried and how large its workers are. Data only: the environment picks an overlay by `ASSAY_ENV`. */

import type { Duration } from '@temporalio/common';

export type Queue = 'control' | 'data' | 'training';
export type EnvironmentName = 'development' | 'staging' | 'production';

interface WorkerSize {
  /** Memory of the task that runs the worker; DuckDB takes half of it. */
  readonly memoryMb: number;
  readonly threads: number;
  readonly maxConcurrentActivities: number;
}

export interface AssayConfig {
  readonly namespace: string;
  readonly workers: Readonly<Record<Queue, WorkerSize>>;
  /** How long a worker that is asked to stop lets its activities finish; Fargate grants 120 s in all. */
  readonly shutdownGrace: Duration;
  readonly shutdownForce: Duration;
}

const base: AssayConfig = {
  namespace: 'default',
  workers: {
    control: { memoryMb: 1024, threads: 1, maxConcurrentActivities: 40 },
    data: { memoryMb: 1024, threads: 2, maxConcurrentActivities: 1 },
    training: { memoryMb: 1024, threads: 2, maxConcurrentActivities: 1 },
  },
  shutdownGrace: '2s',
  shutdownForce: '10s',
};

/** Sizes of the Fargate tasks, two data workers' worth of DuckDB per task at most. */
const fargate: Partial<AssayConfig> = {
  workers: {
    control: { memoryMb: 1024, threads: 1, maxConcurrentActivities: 40 },
    data: { memoryMb: 2048, threads: 1, maxConcurrentActivities: 1 },
    training: { memoryMb: 4096, threads: 2, maxConcurrentActivities: 1 },
  },
  shutdownGrace: '100s',
  shutdownForce: '115s',
};

const overlays: Readonly<Record<EnvironmentName, Partial<AssayConfig>>> = {
  development: {},
  staging: { ...fargate, namespace: 'assay-staging' },
  production: { ...fargate, namespace: 'assay' },
};

export function configFor(environment: EnvironmentName): AssayConfig {
  return { ...base, ...overlays[environment] };
}
