/** Faults of object stores that no retry mends. */
import { ApplicationFailure } from '@temporalio/common';

export function objectNotFound(key: string, uri: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `There is no object ${key} in ${uri}. It was never written, or something outside Assay deleted it.`,
    'ObjectNotFound',
    { key },
  );
}

export function invalidKey(key: string, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${JSON.stringify(key)} is no key of an object: ${reason}. Keys are relative paths such as landing/project/file.csv.`,
    'InvalidKey',
    { key, reason },
  );
}
