/** What people have decided about tasks of a closed attempt, for the next one: numbered objects, none ever changed. */
import { taskLabel } from '../../workflows/domain/activity-id.ts';
import { marked, type RecordedResolution, type Resolution } from '../../workflows/domain/resolution.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import type { ObjectStore } from '../store/contract.ts';
import { markKey, markPrefix } from './keys.ts';
import { requireJson } from './objects.ts';

export async function readMarks(
  store: ObjectStore,
  run: string,
  attempt: number,
): Promise<RecordedResolution[]> {
  const marks: RecordedResolution[] = [];
  for await (const { key } of store.list(markPrefix(run, attempt))) {
    marks.push(await requireJson<RecordedResolution>(store, key));
  }
  return marks;
}

export async function writeMark(
  store: ObjectStore,
  run: string,
  attempt: number,
  resolution: Resolution,
): Promise<RecordedResolution> {
  const mark = { ...resolution, at: new Date().toISOString() };
  let number = (await readMarks(store, run, attempt)).length + 1;
  while (!(await store.putIfAbsent(markKey(run, attempt, number), JSON.stringify(mark)))) number += 1;
  return mark;
}

/** The record as the next attempt is to find it; of several words about a task the last one counts. */
export function withMarks(record: RunRecord, marks: readonly RecordedResolution[]): RunRecord {
  if (marks.length === 0) return record;
  const last = new Map(marks.map((mark) => [mark.task, mark]));
  const tasks = record.tasks.map((task) => {
    const mark = last.get(taskLabel(task.name, task.index));
    return mark === undefined ? task : marked(task, mark);
  });
  return { ...record, tasks };
}
