/**
 * The error table: how jobs and calls of the API fail, and what is done about it.
 *
 * | what | type | then |
 * |---|---|---|
 * | job: CapacityError | CapacityUnavailable | another job after a pause, spot on the next instance type |
 * | job: InternalServerError | SageMakerInternalError | another job after a pause |
 * | job: MaxWaitTimeExceeded | SpotWaitExceeded | another job at once, on demand |
 * | job: MaxRuntimeExceeded | MaxRuntimeExceeded | permanent |
 * | job: AlgorithmError, ClientError, … | TrainingFailed | permanent, in the container's words |
 * | job: stopped by somebody else | TrainingStopped | permanent |
 * | API: ResourceLimitExceeded | QuotaExceeded | the same job after a pause |
 * | API: throttling, 5xx, network | SageMakerUnavailable | the same call, by the client and then by the activity |
 * | API: access denied, validation | SageMakerRefused | permanent |
 */
import { ApplicationFailure } from '@temporalio/common';

import type { Retries } from '../../../workflows/domain/retry.ts';
import { attempt } from '../../attempt.ts';
import type { JobFailure } from './contract.ts';
import type { Pauses } from './settings.ts';

/** Jobs in all for one model; the pauses between them add up to half an hour or so. */
const ATTEMPTS = 6;

/** Types after which another job, of another name, may succeed. */
const PASSING = new Set(['CapacityUnavailable', 'SageMakerInternalError', 'SpotWaitExceeded']);

/** What `FailureReason` begins with. */
const REASONS: readonly (readonly [start: string, type: string])[] = [
  ['CapacityError', 'CapacityUnavailable'],
  ['InternalServerError', 'SageMakerInternalError'],
];

export function retriesOf({ capacity, quota, internal }: Pauses): Retries {
  return {
    attempts: ATTEMPTS,
    on: [
      { error: 'CapacityUnavailable', delay: capacity },
      { error: 'QuotaExceeded', delay: quota },
      { error: 'SageMakerInternalError', delay: internal },
      { error: 'SpotWaitExceeded', delay: '1s' },
    ],
  };
}

export function isPassing({ type }: JobFailure): boolean {
  return PASSING.has(type);
}

/** @param reason as SageMaker gives it: `<kind>: <words>` */
export function failureOfJob(job: string, reason: string): JobFailure {
  const [, type = 'TrainingFailed'] = REASONS.find(([start]) => reason.startsWith(start)) ?? [];
  return { type, message: `The training job ${job} has failed: ${reason}` };
}

/** Of jobs that SageMaker has stopped by itself; `undefined` for those that somebody asked to stop. */
export function failureOfStop(job: string, status: string): JobFailure | undefined {
  switch (status) {
    case 'MaxWaitTimeExceeded':
      return {
        type: 'SpotWaitExceeded',
        message: `The training job ${job} has waited too long for spot capacity.`,
      };
    case 'MaxRuntimeExceeded':
      return {
        type: 'MaxRuntimeExceeded',
        message: `The training job ${job} ran longer than it may. Raise maxRuntimeSeconds in temporal.config.ts.`,
      };
    default:
      return undefined;
  }
}

/** An error of the API as the task's log and Temporal get it; the SDK's own carries the request with it. */
export function toldOfApi(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ApplicationFailure || attempt().signal.aborted)
    return error;
  const said = `${error.name}: ${error.message}`;
  if (error.name === 'ResourceLimitExceeded') {
    return passing(
      'QuotaExceeded',
      `The account's quota for training is used up (${said}). It is asked again; or raise the quota in Service Quotas.`,
    );
  }
  if (error.name === 'CredentialsProviderError') {
    return passing('NoCredentials', `There are no AWS credentials for SageMaker (${said}).`);
  }
  const status = statusOf(error);
  const isThrottled = /Throttl|TooManyRequests/.test(error.name) || status === 429;
  if (!isThrottled && status !== undefined && status >= 400 && status < 500) {
    return ApplicationFailure.nonRetryable(
      `SageMaker refuses the request (${said}). Check the role, the permissions of the workers and the settings of SageMaker.`,
      'SageMakerRefused',
    );
  }
  return passing('SageMakerUnavailable', `SageMaker can't be reached or does not answer (${said}).`);
}

/** The API has no error of its own for a job that it does not know. */
export function isUnknownJob(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'ResourceNotFound' ||
      (error.name === 'ValidationException' && /resource not found|could not find/i.test(error.message)))
  );
}

export function isTaken(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceInUse';
}

function statusOf(error: Error): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function passing(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type });
}
