/**
 * Which errors of an activity are the infrastructure's, and so the activity profile's to repeat; all others end a try
 * of the task, and whether there is another its `retries` say.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { PASSING_FAULTS, TRY_FAILED } from '../workflows/domain/tries.ts';

/** Of gRPC: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const GRPC_PASSING: ReadonlySet<unknown> = new Set([4, 8, 14]);
const NETWORK: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);
/** A chain of causes may be a circle. */
const DEEPEST = 20;

/** Tells Temporal that this try is over, whatever the activity's policy says; the error itself is the cause. */
export function asFailedTry(error: unknown): unknown {
  if (error instanceof CancelledFailure || isPassing(error)) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return ApplicationFailure.create({
    type: TRY_FAILED,
    message: 'the try failed; whether there is another, the task says',
    nonRetryable: true,
    cause,
    ...(error instanceof ApplicationFailure && error.category && { category: error.category }),
  });
}

function isPassing(error: unknown): boolean {
  let link = error;
  for (let depth = 0; link instanceof Error && depth < DEEPEST; depth += 1) {
    if (link instanceof ApplicationFailure) return PASSING_FAULTS.has(link.type ?? '') && !link.nonRetryable;
    const { code } = link as { readonly code?: unknown };
    if (GRPC_PASSING.has(code) || NETWORK.has(code)) return true;
    link = link.cause;
  }
  return false;
}
