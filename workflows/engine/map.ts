/**
 * Maps: a task for each item of a list known only at run time. Up to `SLICE` items run in the run itself; above,
 * child workflows run a slice of them each and leave the results in the ledger.
 */
import { taskLabel } from '../domain/activity-id.ts';
import type { Duration } from '../domain/duration.ts';
import type { Mapped } from '../domain/mapped.ts';
import type { MapSlice, RecordedError, TaskRecord } from '../domain/run-record.ts';
import type { TaskRetries } from './default-retries.ts';
import { saveTasks } from './memo-parts.ts';
import type { PoolUse } from './pool-turn.ts';
import { RESULT_LIMIT } from './result-size.ts';
import type { Memo, Runtime, SliceOrder, TaskContext } from './runtime.ts';
import type { Scheduler } from './scheduler.ts';
import { recordOf, type Task } from './task.ts';
import { Parked } from './tries.ts';

/** Items that one workflow runs. */
const SLICE = 200;
const SLICES_AT_ONCE = 4;
const SLICE_CONCURRENCY = 25;
const CONCURRENCY = 100;
/** Results of a map that are handed on as they are; the envelope needs some of a result's limit. */
const INLINE_BYTES = RESULT_LIMIT - 1024;

/** Items `from` (inclusive) to `to` (exclusive). */
export interface ItemRange {
  readonly from: number;
  readonly to: number;
}

export interface MapSpec extends TaskRetries {
  /** Items that run at the same time. */
  readonly concurrency?: number;
  readonly timeout?: Duration;
  /** What each try of an item takes a turn in. */
  readonly pool?: PoolUse;
  readonly body: (item: unknown, context: TaskContext) => unknown;
}

export interface MapPlace {
  readonly scheduler: Scheduler;
  readonly runtime: Runtime;
  readonly task: Task;
  /** What child workflows start from. */
  readonly memo: () => Promise<Memo>;
  /** In a child workflow: the items that it is there for. */
  readonly slice?: ItemRange;
}

/** The body of a map's task: runs the items, returns their results or where these are. */
export async function runMap(place: MapPlace, spec: MapSpec, over: unknown): Promise<Mapped<unknown>> {
  const items = listOf(place, over);
  const { slice, task } = place;
  if (slice !== undefined) {
    await runItems(place, spec, items, slice);
    return { length: 0, values: [] };
  }
  if (items.length > SLICE && task.within === undefined) return runSlices(place, spec, items.length);
  const tasks = await runItems(place, spec, items, { from: 0, to: items.length });
  const failed = tasks.filter(({ progress }) => progress.state === 'failed');
  const first = failed[0]?.progress.error;
  const isFinal = failed.some(({ progress }) => progress.final === true);
  if (first !== undefined) throw itemsFailed(place, failed.length, items.length, { first, isFinal });
  return gathered(place, tasks);
}

async function runItems(
  { scheduler, task, slice }: MapPlace,
  spec: MapSpec,
  items: readonly unknown[],
  range: ItemRange,
): Promise<Task[]> {
  const { index: prefix = [], name } = task.spec;
  const tasks: Task[] = [];
  const start = (at: number): Task =>
    scheduler.add({
      name,
      index: [...prefix, at],
      kind: 'item',
      upstream: [],
      after: task.after,
      when: 'all_success',
      retries: spec.retries,
      ...(spec.inherits && { inherits: true }),
      ...(spec.timeout !== undefined && { timeout: spec.timeout }),
      ...(spec.pool !== undefined && { pool: spec.pool }),
      mayFail: true,
      mayHold: !task.spec.mayFail,
      body: (_outcomes, context) => spec.body(items[at], context),
    });
  let next = range.from;
  const lane = async (): Promise<void> => {
    while (next < range.to) {
      const item = start(next++);
      tasks.push(item);
      await item.whenEnded();
    }
  };
  const share = slice === undefined ? concurrencyOf(spec) : Math.min(concurrencyOf(spec), SLICE_CONCURRENCY);
  const lanes = Math.min(share, range.to - range.from);
  await Promise.all(Array.from({ length: lanes }, lane));
  return tasks;
}

/** Up to the limit of one result the values themselves, above it the ledger's parts. */
async function gathered({ runtime, task }: MapPlace, items: readonly Task[]): Promise<Mapped<unknown>> {
  const done = items.filter(({ progress }) => progress.state === 'success');
  const values = lightValues(done, INLINE_BYTES);
  if (values !== undefined) return { length: done.length, values };
  const parts = await saveTasks(runtime.ledger, `map-${task.label}`, done.map(recordOf));
  const places = parts.flatMap(({ object, tasks }) =>
    Array.from({ length: tasks }, (_, at) => ({ object, at })),
  );
  done.forEach(({ progress }, at) => {
    const stored = places[at];
    if (stored === undefined) return;
    delete progress.result;
    progress.stored = stored;
  });
  return { length: done.length, parts };
}

function lightValues(done: readonly Task[], limit: number): readonly unknown[] | undefined {
  const bytes = done.reduce((sum, { progress }) => sum + progress.bytes + 1, 0);
  const areHere = done.every(({ progress }) => progress.stored === undefined);
  return areHere && bytes <= limit ? done.map(({ progress }) => progress.result ?? null) : undefined;
}

async function runSlices(place: MapPlace, spec: MapSpec, length: number): Promise<Mapped<unknown>> {
  const { scheduler, runtime, task } = place;
  const before = new Map((task.progress.items ?? []).map((slice) => [slice.from, slice]));
  const done = new Map([...before].filter(([, { again }]) => again === undefined));
  const all = rangesOf(length);
  const slices = all.length;
  const ranges = all.filter(({ from }) => !done.has(from));
  const memo = ranges.length === 0 ? { tasks: [] } : await place.memo();
  const lane = async (): Promise<void> => {
    while (!scheduler.isDraining()) {
      const range = ranges.shift();
      if (range === undefined) return;
      const earlier = before.get(range.from);
      const order = { map: task.label, ...range, inlineBytes: Math.floor(INLINE_BYTES / slices), memo };
      done.set(
        range.from,
        await runtime.slices.run(earlier === undefined ? order : { ...order, before: earlier }),
      );
      task.progress.items = inOrder([...before, ...done]);
      runtime.changed(task);
    }
  };
  const lanes = Math.min(SLICES_AT_ONCE, Math.ceil(concurrencyOf(spec) / SLICE_CONCURRENCY));
  await Promise.all(Array.from({ length: lanes }, lane));
  if (ranges.length > 0) throw new Parked();
  return summedUp(place, inOrder(done), length);
}

function summedUp(place: MapPlace, slices: readonly MapSlice[], length: number): Mapped<unknown> {
  const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
  const first = slices.find(({ error }) => error !== undefined)?.error;
  if (failed > 0) {
    throw itemsFailed(place, failed, length, {
      first: first ?? { type: 'Error', message: 'unknown' },
      isFinal: true,
    });
  }
  const skipped = slices.reduce((sum, slice) => sum + slice.skipped, 0);
  const mapped = { length: length - skipped };
  const values = slices.flatMap((slice) => slice.values ?? []);
  if (values.length === mapped.length && values.length > 0) return { ...mapped, values };
  return { ...mapped, parts: slices.flatMap(({ parts }) => parts) };
}

/** What the workflow of a slice hands back, once the map's task has ended there. */
export async function sliceResult(
  { scheduler, runtime, task }: MapPlace,
  { from, to, inlineBytes }: Omit<SliceOrder, 'memo'>,
): Promise<MapSlice> {
  const items = scheduler.tasks.filter(({ within, spec }) => within === task.label && spec.kind === 'item');
  const failed = items.filter(({ progress }) => progress.state === 'failed');
  const error = failed[0]?.progress.error;
  const values = lightValues(
    items.filter(({ progress }) => progress.state === 'success'),
    inlineBytes,
  );
  const name = `slice-${task.label}-${from}`;
  return {
    from,
    to,
    ...(values !== undefined && { values }),
    parts: await saveTasks(runtime.ledger, `${name}-items`, items.map(recordOf)),
    inner: await saveTasks(runtime.ledger, `${name}-inner`, insideItems(scheduler.records(), items)),
    failed: failed.length,
    skipped: items.filter(({ progress }) => progress.state === 'skipped').length,
    ...(error !== undefined && { error }),
  };
}

function insideItems(records: readonly TaskRecord[], items: readonly Task[]): readonly TaskRecord[] {
  const inside = new Set(items.map(({ label }) => label));
  return records.filter((record) => {
    const found = record.within !== undefined && inside.has(record.within);
    if (found) inside.add(taskLabel(record.name, record.index));
    return found;
  });
}

function rangesOf(length: number): ItemRange[] {
  return Array.from({ length: Math.ceil(length / SLICE) }, (_, at) => ({
    from: at * SLICE,
    to: Math.min(length, (at + 1) * SLICE),
  }));
}

function inOrder(slices: Iterable<readonly [number, MapSlice]>): readonly MapSlice[] {
  return [...new Map(slices)].toSorted(([one], [other]) => one - other).map(([, slice]) => slice);
}

function listOf({ runtime, task }: MapPlace, over: unknown): readonly unknown[] {
  if (Array.isArray(over)) return over;
  if (isRecord(over) && Array.isArray(over['values'])) return over['values'];
  const message = `${task.label} maps over what is no list: hand it an array, or a task that returns one`;
  throw runtime.toError({ type: 'NotAList', message });
}

function itemsFailed(
  { runtime, task }: MapPlace,
  failed: number,
  length: number,
  { first, isFinal }: { first: RecordedError; isFinal: boolean },
): Error {
  const message = `${failed} of ${length} items of ${task.label} failed; the first: ${first.type}: ${first.message}`;
  return runtime.toError({ type: 'ItemsFailed', message }, isFinal);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function concurrencyOf({ concurrency = CONCURRENCY }: MapSpec): number {
  return Math.max(1, Math.floor(concurrency));
}
