/** The scheduler's world in a run: Temporal's timers, scopes and children, the ledger's activities. */
import {
  CancellationScope,
  condition,
  executeChild,
  isCancellation,
  sleep,
  workflowInfo,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import { taskLabel } from '../domain/activity-id.ts';
import { formatDuration } from '../domain/duration.ts';
import { formatRunId } from '../domain/run-id.ts';
import type { MapSlice } from '../domain/run-record.ts';
import { ledger, type Attempt, type WorkflowInput } from './attempt.ts';
import type { PipelineOptions } from './definition.ts';
import { seeded, workflowNow } from './determinism.ts';
import { causesOf, toFailure } from './failures.ts';
import { createRunOrder } from './order.ts';
import { watchCode } from './code-change.ts';
import type { ChildInput } from './run.ts';
import type { Came, MemoLedger, RunPools, Runtime, SliceOrder, TaskContext } from './runtime.ts';
import type { Task } from './task.ts';
import { asPoll, asTask, currentTask } from './task-context.ts';

export function createTemporalRuntime(
  attempt: Attempt,
  { continueAfterEvents, timetable }: Pick<PipelineOptions<never>, 'continueAfterEvents' | 'timetable'>,
  { changed, pools }: { changed: (task: Task) => void; pools: RunPools },
): Runtime {
  const { facts } = attempt;
  const isOtherCode = watchCode(attempt.moves === true);
  return {
    now: workflowNow,
    sleep: (ms, summary) => sleep(ms, { summary }),
    enter: (task, ruled, body) =>
      asTask(task, ruled, () => seeded(`${facts.id}/${taskLabel(task.name, task.index)}`, body)),
    current: currentTask,
    within,
    until,
    polling: asPoll,
    causesOf,
    isCancellation,
    toError: toFailure,
    idle,
    shouldContinue: () => {
      const { continueAsNewSuggested, historyLength } = workflowInfo();
      return continueAsNewSuggested || historyLength > (continueAfterEvents ?? Infinity) || isOtherCode();
    },
    changed,
    child: (pipeline, input, task) => runChild(attempt, pipeline, input, task),
    findRun: (wanted) => ledger.findRun(wanted),
    pools,
    order: createRunOrder(attempt, timetable),
    ledger: createMemoLedger(facts.id, facts.attempt),
    slices: { run: (order) => runSlice(attempt, order) },
  };
}

export function createMemoLedger(run: string, attempt: number): MemoLedger {
  return {
    save: (part, tasks) => ledger.saveMemo({ run, attempt, part, tasks }),
    load: (part) => ledger.loadMemo({ part }),
    result: async (stored) => (await ledger.loadResults({ stored: [stored] }))[0],
  };
}

async function within<T>(ms: number, body: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope({ cancellable: true, timeout: ms });
  try {
    return await scope.run(body);
  } catch (error) {
    // What was cancelled may say so in its own words: a task inside, for one.
    if (!scope.consideredCancelled || CancellationScope.current().consideredCancelled) throw error;
    const message = `took longer than its timeout of ${formatDuration(ms)}`;
    throw toFailure({ type: 'TaskTimeout', message }, false);
  }
}

/** Without a timer where there is no time: what waits for days adds nothing to the history. */
function until<T>(at: number | undefined, summary: string, work: () => Promise<T>): Promise<Came<T>> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const working = work().then((value) => ({ value }));
    const ends: Promise<Came<T>>[] = [working, scope.cancelRequested];
    if (at !== undefined) {
      ends.push(sleep(Math.max(1, at - workflowNow()), { summary }).then(() => 'late' as const));
    }
    try {
      return await Promise.race(ends);
    } finally {
      scope.cancel();
    }
  });
}

/** Conditions are looked at again when nothing is left to be done: the second look is that. */
function idle(): Promise<void> {
  let looks = 0;
  return CancellationScope.nonCancellable(() => condition(() => (looks += 1) > 1));
}

const WAITED_FOR = {
  /** A parent that is gone lets its children close themselves, with their records. */
  parentClosePolicy: 'REQUEST_CANCEL',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const satisfies ChildWorkflowOptions;

/** Every try is the child's next attempt: it keeps what the try before had done. */
async function runChild(
  { facts, rerun }: Attempt,
  pipeline: string,
  input: ChildInput<unknown>,
  task: TaskContext,
): Promise<unknown> {
  const fireTime = input.fireTime ?? facts.fireTime;
  const again = task.try > 1 || (rerun !== undefined && 'onlyFailed' in rerun);
  const args: [WorkflowInput] = [
    {
      interval: facts.interval,
      startedBy: `run ${facts.id}`,
      ...(again && { rerun: { onlyFailed: true } as const }),
      ...input,
      fireTime,
      attempt: 'next',
    },
  ];
  const { key } = input;
  const result: unknown = await executeChild(pipeline, {
    ...WAITED_FOR,
    workflowId: formatRunId({ pipeline, fireTime, ...(key !== undefined && { key }) }),
    args,
    staticSummary: `${task.name} of ${facts.id}`,
  });
  if (!isDuplicate(result)) return result;
  const message = `${result.duplicateOf.run} is being run by somebody else`;
  throw toFailure({ type: 'ChildIsDuplicate', message });
}

/** The same workflow type, told to run nothing but its slice. */
async function runSlice(attempt: Attempt, { memo, ...slice }: SliceOrder): Promise<MapSlice> {
  const { workflowId, workflowType } = workflowInfo();
  const { from, to, map } = slice;
  const { rerun: _rerun, slice: _slice, ...shared } = attempt;
  const args: [WorkflowInput] = [{ resume: { ...shared, memo, generation: 0, slice } }];
  return (await executeChild(workflowType, {
    ...WAITED_FOR,
    parentClosePolicy: 'TERMINATE',
    workflowId: `${workflowId}/${map}/${from}-${to}`,
    args,
    staticSummary: `${map}: items ${from} to ${to - 1}`,
  })) as MapSlice;
}

function isDuplicate(result: unknown): result is { duplicateOf: { run: string } } {
  return typeof result === 'object' && result !== null && 'duplicateOf' in result;
}
