/** The run and the task that the running code belongs to, in a workflow: so that authors need not pass them on. */
import { AsyncLocalStorage } from '@temporalio/workflow';
import type { RunHeader } from '../domain/run-header.ts';
import type { TaskContext } from './runtime.ts';

interface Entered {
  readonly task: TaskContext;
  /** Types of errors for which the task has a rule. */
  readonly ruled: readonly string[];
  /** Milliseconds between two looks of a sensor. */
  readonly every?: number;
}

const entered = new AsyncLocalStorage<Entered>();

/** Only in a workflow: elsewhere there is no storage, and no task. */
export function currentTask(): TaskContext | undefined {
  return entered.getStore()?.task;
}

export function ruledErrors(): readonly string[] {
  return entered.getStore()?.ruled ?? [];
}

/** `undefined` unless it is a sensor that acts. */
export function pollsEvery(): number | undefined {
  return entered.getStore()?.every;
}

export function asPoll<T>(every: number, body: () => T): T {
  const store = entered.getStore();
  return store === undefined ? body() : entered.run({ ...store, every }, body);
}

export function asTask<T>(task: TaskContext, ruled: readonly string[], body: () => T): T {
  return entered.run({ task, ruled }, body);
}

export function outsideTasks<T>(body: () => T): T {
  return entered.exit(body);
}

/** One workflow is one run; module state is the workflow's own. */
let ownRun: RunHeader | undefined;

export function currentRun(): RunHeader | undefined {
  return ownRun;
}

export function beginRun(run: RunHeader): void {
  ownRun = run;
}
