/** Tasks as objects: what is too heavy to travel in a payload stands in the store and is passed by reference. */
import type { MemoPart, RunRecord, StoredResult, TaskRecord } from '../../workflows/domain/run-record.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { PreviousAttempt } from './contract.ts';
import { memoKey } from './keys.ts';
import { requireJson, writeJson } from './objects.ts';

/** Bytes of tasks that travel inside a record; more goes by reference. */
const INLINE_TASKS = 256 * 1024;
/** Bytes of tasks in one object: what `loadMemo` returns stays far below a payload's 2 MiB. */
const PART = 1024 * 1024;
/** Bytes of a result that `loadMemo` hands out inline. */
const INLINE_RESULT = 1024;

export async function saveMemo(
  store: ObjectStore,
  input: { run: string; attempt: number; part: string; tasks: readonly TaskRecord[] },
): Promise<MemoPart> {
  const object = memoKey(input.run, input.attempt, input.part);
  await writeJson(store, object, input.tasks);
  return { object, tasks: input.tasks.length };
}

/** Heavy results are replaced by where they stand. */
export async function loadMemo(store: ObjectStore, part: MemoPart): Promise<TaskRecord[]> {
  const tasks = await loadTasks(store, part);
  return tasks.map((task, at) => {
    const { result, ...rest } = task;
    if (result === undefined || bytesOf(result) <= INLINE_RESULT) return task;
    return { ...rest, stored: { object: part.object, at } };
  });
}

/** The tasks of a part, as they were saved. */
export function loadTasks(store: ObjectStore, part: MemoPart): Promise<TaskRecord[]> {
  return requireJson<TaskRecord[]>(store, part.object);
}

/** Results in the order asked for; each object is read once. */
export async function loadResults(store: ObjectStore, stored: readonly StoredResult[]): Promise<unknown[]> {
  const objects = new Map<string, readonly TaskRecord[]>();
  for (const { object } of stored) {
    if (!objects.has(object)) objects.set(object, await requireJson<TaskRecord[]>(store, object));
  }
  const results: unknown[] = [];
  for (const { object, at } of stored) {
    const task = objects.get(object)?.[at];
    const further = task?.stored;
    results.push(further === undefined ? task?.result : (await loadResults(store, [further]))[0]);
  }
  return results;
}

/** A record as it fits into a payload: with its tasks, or with parts that hold them. */
export async function carriable(store: ObjectStore, record: RunRecord): Promise<PreviousAttempt> {
  if (bytesOf(record.tasks) <= INLINE_TASKS) return { record };
  const parts: MemoPart[] = [];
  for (const tasks of slices(record.tasks)) {
    const part = `record-${String(parts.length).padStart(5, '0')}`;
    parts.push(await saveMemo(store, { run: record.run, attempt: record.attempt, part, tasks }));
  }
  return { record: { ...record, tasks: [] }, parts };
}

function* slices(tasks: readonly TaskRecord[]): Iterable<TaskRecord[]> {
  let slice: TaskRecord[] = [];
  let bytes = 0;
  for (const task of tasks) {
    const size = bytesOf(task);
    if (slice.length > 0 && bytes + size > PART) {
      yield slice;
      slice = [];
      bytes = 0;
    }
    slice.push(task);
    bytes += size;
  }
  if (slice.length > 0) yield slice;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
