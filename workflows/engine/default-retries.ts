/**
 * Retries that a pipeline gives every task that declares none. They don't multiply: where they are spent on a task, the
 * one whose body has created it is not tried again for that, unless by retries of its own.
 */
import type { Retries, RetryDecision } from '../domain/retry.ts';
import type { Task } from './task.ts';

export interface TaskRetries {
  readonly retries: Retries;
  /** They are those that the pipeline gives every task. */
  readonly inherits?: true;
}

export function retriesOf(own: Retries | undefined, defaults: Retries = {}): TaskRetries {
  if (own !== undefined) return { retries: own };
  return { retries: defaults, ...((defaults.attempts ?? 1) > 1 && { inherits: true }) };
}

/**
 * Whether the failure is one on which the pipeline's retries are spent: by tries of the task itself, or of one inside it.
 * @param inside what its body has created
 */
export function isExhausted(
  { spec }: Task,
  decision: RetryDecision,
  error: unknown,
  inside: () => readonly Task[],
): boolean {
  if (decision.kind === 'fail' && decision.reason !== 'exhausted') return false;
  const isInherited = spec.inherits === true;
  // What these throw sums up what their items and turns have come to.
  if (spec.kind === 'map' || spec.kind === 'loop') {
    return inside().some(({ progress }) => progress.exhausted === true);
  }
  if (!isInherited || decision.kind === 'fail') return isInherited;
  const spent = inside().filter(({ progress }) => progress.exhausted === true);
  const thrown = new Set<unknown>(spent.map((task) => task.thrown));
  for (let link = error; link instanceof Error; link = link.cause) if (thrown.has(link)) return true;
  return false;
}
