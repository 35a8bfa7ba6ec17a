/** The run and the task that the running code belongs to, in a workflow: so that authors need not pass them on. */
import { AsyncLocalStorage } from '@temporalio/workflow';
import type { RunHeader } from '../domain/run-header.ts';
import type { TaskContext } from './runtime.ts';

const contexts = new AsyncLocalStorage<TaskContext>();

/** Only in a workflow: elsewhere there is no storage, and no task. */
export function currentTask(): TaskContext | undefined {
  return contexts.getStore();
}

export function asTask<T>(task: TaskContext, body: () => T): T {
  return contexts.run(task, body);
}

/** One workflow is one run; module state is the workflow's own. */
let ownRun: RunHeader | undefined;

export function currentRun(): RunHeader | undefined {
  return ownRun;
}

export function beginRun(run: RunHeader): void {
  ownRun = run;
}
