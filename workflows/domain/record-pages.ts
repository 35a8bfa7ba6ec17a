/**
 * The live record of a run in pages: the answer to a query may weigh 2 MiB, and a wide run has more to tell. The
 * first page is what a query without an argument is answered with.
 */
import { taskLabel } from './activity-id.ts';
import { weightOf } from './chunks.ts';
import type { RunRecord, TaskRecord } from './run-record.ts';

/** What the query is asked with. */
export interface PageAsked {
  /** The first of its tasks, from 0. */
  readonly from?: number;
}

/** A record with some of its tasks. */
export interface RecordPage extends RunRecord {
  /** Absent on the last page: the first task of the next one, and how many there are. */
  readonly more?: { readonly from: number; readonly of: number };
}

/** Characters of JSON, each up to three bytes. */
const PAGE = 512 * 1024;

/** At least one task, however heavy. */
export function recordPage(record: RunRecord, { from = 0 }: PageAsked = {}, limit = PAGE): RecordPage {
  let room = limit;
  let end = from;
  for (const task of record.tasks.slice(from)) {
    room -= weightOf(task);
    if (room < 0 && end > from) break;
    end += 1;
  }
  const of = record.tasks.length;
  const page = { ...record, tasks: record.tasks.slice(from, end) };
  return end < of ? { ...page, more: { from: end, of } } : page;
}

/**
 * Asks for page after page. The run goes on meanwhile: of a task that comes twice the later state counts.
 * @param ask the query, with its argument
 */
export async function wholeRecord(ask: (page: PageAsked) => Promise<RecordPage>): Promise<RunRecord> {
  const tasks = new Map<string, TaskRecord>();
  let from = 0;
  for (;;) {
    const { more, ...record } = await ask({ from });
    for (const task of record.tasks) tasks.set(taskLabel(task.name, task.index), task);
    if (more === undefined || more.from <= from) return { ...record, tasks: [...tasks.values()] };
    from = more.from;
  }
}
