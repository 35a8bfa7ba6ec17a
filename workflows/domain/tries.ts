/** The line between a task's tries, which its `retries` count, and repetitions by the infrastructure, which nobody need declare. */

/** What the worker wraps the error of a task's activity in, so that Temporal leaves the next try to the engine. */
export const TRY_FAILED = 'TryFailed';

/** What an activity says that has not found what it looks for: a sensor has it look again. */
export const NOT_YET = 'NotYet';

/**
 * Errors that say nothing about the task: what it stands on was not there for a moment, or it only asked whether
 * what it waits for has come. The activity's own policy repeats them.
 */
export const PASSING_FAULTS: ReadonlySet<string> = new Set([
  NOT_YET,
  'ObjectChanged',
  'SageMakerUnavailable',
  'StoreCredentialsExpired',
  'StoreUnavailable',
  'WriteConflict',
]);
