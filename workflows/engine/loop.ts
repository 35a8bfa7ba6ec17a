/** Loops: a task done again until its result will do, at least once, each turn with a row of its own. */
import type { Duration } from '../domain/duration.ts';
import type { TaskRetries } from './default-retries.ts';
import { upstreamFailed } from './outcomes.ts';
import { Skipped } from './references.ts';
import type { Runtime, TaskContext } from './runtime.ts';
import type { Scheduler } from './scheduler.ts';
import type { Task } from './task.ts';

/** Its retries are those of each turn. */
export interface LoopSpec extends TaskRetries {
  readonly max: number;
  readonly onMax: 'fail' | 'last';
  readonly until: (result: unknown, turn: number) => boolean;
  /** Of each turn. */
  readonly timeout?: Duration;
  readonly body: (previous: unknown, context: TaskContext) => unknown;
}

export interface LoopPlace {
  readonly scheduler: Scheduler;
  readonly runtime: Runtime;
  readonly task: Task;
}

/** The body of a loop's task: the result of the turn that was the last. Turns that stand in the memo stand. */
export async function runLoop(place: LoopPlace, spec: LoopSpec): Promise<unknown> {
  const { runtime, task } = place;
  if (!(Number.isInteger(spec.max) && spec.max >= 1)) {
    const message = `the loop ${task.label} may have ${spec.max} turns: max must be a whole number from 1`;
    throw runtime.toError({ type: 'InvalidLoop', message });
  }
  let previous: unknown;
  for (let turn = 1; turn <= spec.max; turn += 1) {
    previous = await runTurn(place, spec, turn, previous);
    if (spec.until(previous, turn)) return previous;
  }
  if (spec.onMax === 'last') return previous;
  const message = `after ${spec.max} turns ${task.label} was still not what it was to be: the last one's result stands in ${task.label}[${spec.max - 1}]`;
  throw runtime.toError({ type: 'LoopExhausted', message, details: { turns: spec.max } });
}

async function runTurn(
  { scheduler, runtime, task }: LoopPlace,
  spec: LoopSpec,
  turn: number,
  previous: unknown,
): Promise<unknown> {
  const { name, index = [] } = task.spec;
  const item = scheduler.add({
    name,
    index: [...index, turn - 1],
    kind: 'item',
    upstream: [],
    after: task.after,
    when: 'all_success',
    retries: spec.retries,
    ...(spec.inherits && { inherits: true }),
    ...(spec.timeout !== undefined && { timeout: spec.timeout }),
    mayFail: true,
    body: (_outcomes, context) => spec.body(previous, context),
  });
  await item.whenEnded();
  const outcome = await scheduler.outcome(item);
  if (outcome.state === 'success') return outcome.value;
  if (outcome.state === 'skipped') throw new Skipped(outcome.reason);
  throw runtime.toError(item.progress.error ?? upstreamFailed(item), item.progress.final === true);
}
