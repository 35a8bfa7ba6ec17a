/** The pipeline's function at work: with its memo, its scheduler, and the clock and chance that it may see. */
import { CancellationScope } from '@temporalio/workflow';
import { milliseconds } from '../domain/duration.ts';
import { keptTasks } from '../domain/memo.ts';
import type { RecordedError, TaskRecord } from '../domain/run-record.ts';
import { hasEnded } from '../domain/trigger-rules.ts';
import { seekAdmission, type Admission, type Place } from './admission.ts';
import type { Attempt } from './attempt.ts';
import { createAuthor, type Author } from './author.ts';
import type { PipelineDefinition } from './definition.ts';
import type { Desk } from './desk.ts';
import { fixClock, seeded } from './determinism.ts';
import { Holds, type HoldOptions } from './holds.ts';
import type { MapPlace } from './map.ts';
import { fromMemo, toMemo } from './memo-parts.ts';
import { acceptResolutions } from './resolve.ts';
import type { MemoLedger, RunPools, Runtime } from './runtime.ts';
import { Scheduler } from './scheduler.ts';
import { beginRun } from './task-context.ts';
import { createTemporalRuntime } from './temporal-runtime.ts';
import type { View } from './view.ts';

/** What a child's input may weigh: many children are handed the same memo. */
const SLICE_INLINE_BYTES = 32 * 1024;

export type Returned = { readonly value: unknown } | { readonly error: unknown };

export interface Work {
  readonly scheduler: Scheduler;
  readonly runtime: Runtime;
  readonly author: Author;
  /** What the function returned or threw; never rejects. */
  readonly returned: Promise<Returned>;
  /** Only in a slice: its map, once the function has created it. */
  readonly map: Promise<MapPlace>;
  readonly isCancelled: () => boolean;
  /** Why, where it is. */
  readonly stopReason: () => RecordedError;
  /** Among the pipeline's `maxActiveRuns`. */
  readonly place: Place | undefined;
}

interface Surroundings {
  readonly view: Pick<View, 'changed' | 'held' | 'show' | 'queued'>;
  readonly desk: Desk;
  readonly pools: RunPools;
  /** Why the run is ended before it is done, where it is. */
  readonly stopReason: () => RecordedError;
}

export async function startWork<P, R>(
  definition: PipelineDefinition<P, R>,
  attempt: Attempt,
  { view, desk, pools, stopReason }: Surroundings,
): Promise<Work> {
  const { facts, slice } = attempt;
  fixClock(attempt.clock);
  beginRun({ run: facts.id, attempt: facts.attempt });
  const runtime = createTemporalRuntime(attempt, definition, { changed: view.changed, pools });
  const memo = await CancellationScope.nonCancellable(() => recalledTasks(attempt, runtime.ledger));
  const attemptKey = `${facts.id}/${facts.attempt}`;
  const only = slice === undefined ? {} : { only: slice.map };
  const holds = slice === undefined ? holdsOf(definition, { runtime, memo, changed: view.held }) : undefined;
  let admission: Admission | undefined;
  const place = (): Place | undefined => admission?.place;
  const scheduler = new Scheduler({ runtime, attemptKey, memo, place, ...only, ...(holds && { holds }) });
  let reached = (_place: MapPlace): void => undefined;
  const map = new Promise<MapPlace>((resolve) => {
    reached = resolve;
  });
  const author = createAuthor({
    scheduler,
    runtime,
    facts,
    ...(definition.retries !== undefined && { retries: definition.retries }),
    memo: () =>
      toMemo(runtime.ledger, `at-${scheduler.tasks.length}`, endedTasks(scheduler), SLICE_INLINE_BYTES),
    desk,
    ...(slice !== undefined && {
      slice: { map: slice.map, ...(slice.alone !== true && { range: slice }), reached },
    }),
  });
  desk.open(scheduler);
  const isCancelled = watchCancellation(scheduler, stopReason);
  // Before the function's own commands, whatever these are: histories are replayed command by command.
  view.show(scheduler);
  admission = seekAdmission(definition, { attempt, runtime, scheduler, queued: view.queued });
  const start = (): Promise<Returned> => seeded(facts.id, () => call(definition, author));
  const returned = admission === undefined ? start() : admission.admitted.then(start, (error) => ({ error }));
  if (slice === undefined) acceptResolutions(holds);
  return { scheduler, runtime, author, returned, map, isCancelled, stopReason, place: admission?.place };
}

function holdsOf(
  { onFailure, holdFor = '7d' }: Pick<PipelineDefinition, 'onFailure' | 'holdFor'>,
  rest: Omit<HoldOptions, 'holdFor'>,
): Holds | undefined {
  return onFailure === 'hold' ? new Holds({ ...rest, holdFor: milliseconds(holdFor) }) : undefined;
}

/** All that a new history needs to know: what has ended, and how far the rest has come. */
export function carriedTasks(scheduler: Scheduler): readonly TaskRecord[] {
  return scheduler
    .records()
    .filter(
      ({ state, tries, items }) => hasEnded(state) || tries > 0 || items !== undefined || state === 'queued',
    );
}

function endedTasks(scheduler: Scheduler): readonly TaskRecord[] {
  return scheduler.records().filter(({ state }) => hasEnded(state));
}

async function call<P, R>({ body }: PipelineDefinition<P, R>, { run }: Author): Promise<Returned> {
  try {
    return { value: await body(run) };
  } catch (error) {
    return { error };
  }
}

/** A slice also takes over what an earlier attempt had done of it. */
async function recalledTasks({ memo, slice }: Attempt, ledger: MemoLedger): Promise<readonly TaskRecord[]> {
  const tasks = await fromMemo(ledger, memo);
  if (slice?.before === undefined) return tasks;
  const { parts, inner, again } = slice.before;
  const items = await fromMemo(ledger, { parts: [...parts, ...inner] });
  return [...tasks, ...(again === undefined ? items : keptTasks(items, again))];
}

function watchCancellation(scheduler: Scheduler, reason: () => RecordedError): () => boolean {
  let cancelled = false;
  CancellationScope.current().cancelRequested.catch(() => {
    cancelled = true;
    scheduler.cancel(reason());
  });
  return () => cancelled;
}
