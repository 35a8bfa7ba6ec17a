/**
 * What an author can see must be the same in every attempt and after every continue-as-new, for the function runs
 * again from its top: the clock stands at the first attempt's start, and random numbers are seeded by run and task.
 */
import { getRandomStream, type WorkflowRandomStream } from '@temporalio/workflow';
import { createRandom } from '../domain/random.ts';

/** Temporal's own clock, taken before the author's is fixed. */
export const workflowNow: () => number = Date.now;

/** `Date.now()` and `new Date()` in this workflow, from now on. @param at RFC 3339 */
export function fixClock(at: string): void {
  const Real = globalThis.Date;
  const now = Real.parse(at);
  function FixedDate(...given: readonly unknown[]): Date | string {
    if (new.target === undefined) return new Real(now).toString();
    return given.length === 0 ? new Real(now) : (Reflect.construct(Real, given) as Date);
  }
  FixedDate.prototype = Real.prototype;
  const fixed = Object.assign(FixedDate, { now: () => now, parse: Real.parse, UTC: Real.UTC });
  globalThis.Date = fixed as unknown as DateConstructor;
}

/** Runs a body whose `Math.random()` and `uuid4()` follow the seed. */
export function seeded<T>(seed: string, body: () => T): T {
  // A stream of the SDK, for its scoping, that draws from our generator: Temporal's own seed differs by execution.
  const stream = Object.create(getRandomStream('assay')) as WorkflowRandomStream;
  return Object.assign(stream, { random: createRandom(seed) }).with(body);
}
