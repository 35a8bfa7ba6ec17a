/** From the opened attempt to its end: the function runs, the rest settles, `finally` runs, the record is closed. */
import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  makeContinueAsNewFunc,
  log,
} from '@temporalio/workflow';
import type { RecordedError, RunRecord } from '../domain/run-record.ts';
import { promptLedger, type Attempt, type WorkflowInput } from './attempt.ts';
import type { PipelineDefinition } from './definition.ts';
import type { Desk } from './desk.ts';
import { openDesk } from './doors.ts';
import { endingOf, runFailed } from './ending.ts';
import { toFailure } from './failures.ts';
import { sliceResult, type MapPlace } from './map.ts';
import { toMemo } from './memo-parts.ts';
import { createRunPools } from './pools.ts';
import { checkedResult } from './result-size.ts';
import { limitRun, NO_LIMIT } from './run-limit.ts';
import type { Memo, MemoLedger } from './runtime.ts';
import { createView, type View } from './view.ts';
import { createWatch, type Watch } from './watch.ts';
import { carriedTasks, startWork, type Returned, type Work } from './work.ts';

export async function conduct<P, R>(
  definition: PipelineDefinition<P, R>,
  attempt: Attempt,
): Promise<unknown> {
  const watch = createWatch(attempt, () => view.late());
  const view = createView(attempt, watch.deadlines);
  // Before the desk, which takes every signal that nobody else does.
  const pools = createRunPools();
  const desk = openDesk(attempt, watch.asked);
  const { timeout } = definition;
  const limited = timeout !== undefined && attempt.slice === undefined;
  const limit = limited ? limitRun(timeout, attempt.startedAt) : NO_LIMIT;
  const surroundings = { view: watched(view, watch), desk, pools, stopReason: () => limit.reason() };
  const work = await limit.run(() => startWork(definition, attempt, surroundings));
  watch.start();
  const whole = attempt.slice === undefined ? wholeRun(work) : wholeSlice(work, attempt.slice.alone === true);
  const parked = work.scheduler.parked.then(() => undefined);
  const ended = await Promise.race([whole, parked]);
  if (ended === undefined && !work.isCancelled()) return goOn(attempt, work, { desk, watch });
  const returned = ended ?? (await whole);
  if (attempt.slice === undefined) return finish(attempt, work, { view, watch }, returned);
  await CancellationScope.nonCancellable(() => work.runtime.pools.told());
  if (work.isCancelled()) throw new CancelledFailure('the slice was cancelled');
  const place = await work.map;
  return attempt.slice.alone === true ? resultAlone(work, place) : sliceResult(place, attempt.slice);
}

const MAP_NOT_REACHED = {
  type: 'MapNotReached',
  message: 'the function ended without creating the map that this slice belongs to: it is not deterministic',
};

const TASK_NOT_REACHED = {
  type: 'TaskNotReached',
  message: 'with these params and results the function does not come to the task',
};

/** The view is shown every change, and so is whoever watches. */
function watched(view: View, watch: Watch): View {
  const changed: View['changed'] = (task) => {
    view.changed(task);
    watch.changed(task);
  };
  return { ...view, changed };
}

async function wholeRun({ returned, scheduler }: Work): Promise<Returned> {
  const outcome = await returned;
  await scheduler.settle();
  return outcome;
}

async function wholeSlice({ returned, map, scheduler }: Work, isAlone: boolean): Promise<Returned> {
  const over = returned.then(() => undefined);
  // What is not to run is never there: a function that awaits nothing else goes no further.
  const isStuck = (): boolean => {
    const awaited = scheduler.awaited();
    return awaited.length > 0 && awaited.every(({ progress }) => progress.state === 'scheduled');
  };
  const place = await Promise.race([
    map,
    over,
    ...(isAlone ? [condition(isStuck).then(() => undefined)] : []),
  ]);
  if (place === undefined) throw toFailure(isAlone ? TASK_NOT_REACHED : MAP_NOT_REACHED);
  await place.task.whenEnded();
  const { error } = place.task.progress;
  if (error !== undefined) throw toFailure(error);
  return { value: undefined };
}

/** Of a task that is tested: null where it returned nothing. @throws TaskSkipped */
async function resultAlone({ scheduler }: Work, { task }: MapPlace): Promise<unknown> {
  const outcome = await scheduler.outcome(task);
  if (outcome.state === 'success') return outcome.value ?? null;
  if (outcome.state === 'upstream_failed') throw toFailure(outcome.error);
  throw toFailure({ type: 'TaskSkipped', message: `${task.label} was skipped: ${task.progress.reason}` });
}

/** The same attempt in a new history. What is too heavy for a payload goes through the ledger. */
async function goOn(
  before: Attempt,
  { scheduler, runtime, place }: Work,
  { desk, watch }: { desk: Desk; watch: Watch },
): Promise<never> {
  const { slice, generation, signals: _taken, ...attempt } = before;
  const name = `history-${slice === undefined ? '' : `${slice.map}-${slice.from}-`}${generation + 1}`;
  // What comes while the memo is written must be in it: those who sent it were told that it was taken.
  let memo: Memo;
  let seen: number;
  let told: Pick<Attempt, 'missed'>;
  do {
    await condition(allHandlersFinished);
    await runtime.pools.told();
    told = await watch.handOver();
    seen = scheduler.changes;
    memo = await toMemo(runtime.ledger, name, carriedTasks(scheduler));
  } while (scheduler.changes !== seen || !allHandlersFinished() || !runtime.pools.isTold());
  const carried = { signals: desk.signals, hasPlace: place?.isHeld === true };
  const next = { ...attempt, ...told, ...carried, memo, generation: generation + 1 };
  if (slice === undefined) return again(next);
  const { before: _takenOver, ...own } = slice;
  return again({ ...next, slice: own });
}

function again(resume: Attempt): Promise<never> {
  const next = makeContinueAsNewFunc<(input: WorkflowInput) => Promise<unknown>>(
    resume.moves === true ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {},
  );
  return next({ resume });
}

async function finish(
  attempt: Attempt,
  work: Work,
  { view, watch }: { view: View; watch: Watch },
  returned: Returned,
): Promise<unknown> {
  const { scheduler, author, runtime, isCancelled, stopReason, place } = work;
  return CancellationScope.nonCancellable(async () => {
    watch.rest();
    scheduler.enterTeardown();
    const stopped = isCancelled() ? stopReason() : undefined;
    author.teardown(endingOf(scheduler, returned, stopped));
    await scheduler.settle();
    const result = checkedResult('the run', 'value' in returned ? returned.value : undefined);
    const ending = endingOf(scheduler, result.ok ? returned : { error: toFailure(result.error) }, stopped);
    const failure =
      ending.state === 'failed' ? runFailed(attempt.facts.id, ending, scheduler.tasks.length) : undefined;
    place?.leave();
    await runtime.pools.told();
    await close(runtime.ledger, view.end(ending.state, summary(result, failure)));
    await watch.ended(ending);
    if (failure !== undefined) throw toFailure(failure);
    if (ending.state === 'cancelled') throw new CancelledFailure(`${attempt.facts.id} was cancelled`);
    return result.ok ? result.value : undefined;
  });
}

function summary(
  result: ReturnType<typeof checkedResult>,
  error: RecordedError | undefined,
): { result?: unknown; error?: RecordedError } {
  if (error !== undefined) return { error };
  return result.ok && result.value !== undefined ? { result: result.value } : {};
}

/** A run whose record can't be written now keeps its own outcome: the sweeper writes what is missing. */
async function close(memoLedger: MemoLedger, record: RunRecord): Promise<void> {
  try {
    const memo = await toMemo(memoLedger, 'record', record.tasks);
    await promptLedger.close(
      'tasks' in memo ? { record } : { record: { ...record, tasks: [] }, parts: memo.parts },
    );
  } catch (error) {
    log.error('the record could not be written; the sweeper will', { run: record.run, error });
  }
}
