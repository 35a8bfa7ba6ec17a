/** Errors of Temporal and JavaScript as the engine reads and throws them. */
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Cause } from '../domain/retry.ts';
import type { RecordedError } from '../domain/run-record.ts';

/** A child that failed may succeed in its next attempt: to its parent that is no permanent fault. */
export const RUN_FAILED = 'RunFailed';
export const RUN_TIMEOUT = 'RunTimeout';

/** Outermost first; wrappers that only say where it happened are left out where there is a cause. */
export function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  for (let link = error; link !== undefined && link !== null; link = causeOf(link)) {
    if (!isWrapper(link) || causeOf(link) === undefined) causes.push(asCause(link));
  }
  return causes;
}

/** @param isFinal whether it says that trying again helps nobody */
export function toFailure({ type, message, details }: RecordedError, isFinal = true): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type,
    nonRetryable: isFinal,
    ...(details !== undefined && { details: [details] }),
  });
}

function asCause(error: unknown): Cause {
  if (error instanceof ApplicationFailure) {
    const [details] = error.details ?? [];
    const type = error.type ?? 'Error';
    const permanent = (error.nonRetryable ?? false) && type !== RUN_FAILED && type !== RUN_TIMEOUT;
    const cause = { type, message: notServed(error.message) ?? error.message, permanent };
    return details === undefined || details === null ? cause : { ...cause, details };
  }
  if (error instanceof TimeoutFailure) {
    return { type: 'Timeout', message: `${error.message} (${error.timeoutType})`, permanent: false };
  }
  if (error instanceof Error) return { type: error.name, message: error.message, permanent: false };
  return { type: 'Error', message: String(error), permanent: false };
}

/** The SDK lists every activity that the worker does have, and so on every row of a map. */
function notServed(message: string): string | undefined {
  const [, activity] = /^Activity function (\S+) is not registered on this Worker/.exec(message) ?? [];
  if (activity === undefined) return undefined;
  return `no worker that was asked has the activity ${activity}: it is registered in workers/activities.ts, or its worker is of older code`;
}

function isWrapper(error: unknown): boolean {
  return error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? undefined) : undefined;
}
