/** Lists runs from the newest to the oldest: those that are open beside a page of those that are closed. */
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { OpenAttempt, RunFilter, RunSummary } from './contract.ts';
import { CLOSED, closedKey, parseClosedKey, sortKey } from './keys.ts';
import { readJson } from './objects.ts';
import { openAttempts } from './open.ts';

interface Row {
  readonly sort: string;
  readonly summary: RunSummary;
}

const PAGE = 50;
/** Summaries that are read at a time. */
const BATCH = 16;

export async function listRuns(
  store: ObjectStore,
  filter: RunFilter,
): Promise<{ runs: RunSummary[]; next?: string }> {
  const limit = filter.limit ?? PAGE;
  const open = await openRows(store, filter);
  const closed: Row[] = [];
  for await (const row of closedRows(store, filter)) {
    if (closed.push(row) > limit) break;
  }
  // An attempt whose last act is under way stands in both for a moment.
  const done = new Set(closed.map(({ summary }) => `${summary.run}/${summary.attempt}`));
  const running = open.filter(({ summary }) => !done.has(`${summary.run}/${summary.attempt}`));
  const rows = [...running, ...closed].toSorted((a, b) => (a.sort < b.sort ? -1 : 1));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    runs: page.map(({ summary }) => summary),
    ...(rows.length > limit && last !== undefined ? { next: last.sort } : {}),
  };
}

async function openRows(store: ObjectStore, filter: RunFilter): Promise<Row[]> {
  return (await openAttempts(store))
    .map((open) => ({ sort: sortKey(open.run, open.attempt, open.claimedAt), summary: summaryOf(open) }))
    .filter(({ sort, summary }) => matches(summary, filter) && sort > (filter.after ?? ''));
}

async function* closedRows(store: ObjectStore, filter: RunFilter): AsyncGenerator<Row> {
  let batch: string[] = [];
  const after = filter.after === undefined ? {} : { after: closedKey(filter.after) };
  for await (const { key } of store.list(CLOSED, after)) {
    const run = parseClosedKey(key)?.run;
    if (run === undefined || !isOf(run, filter.pipeline)) continue;
    if (batch.push(key) < BATCH) continue;
    yield* await readRows(store, batch, filter);
    batch = [];
  }
  yield* await readRows(store, batch, filter);
}

async function readRows(store: ObjectStore, keys: readonly string[], filter: RunFilter): Promise<Row[]> {
  const summaries = await Promise.all(keys.map((key) => readJson<RunSummary>(store, key)));
  return summaries.flatMap((summary, at) => {
    const sort = parseClosedKey(keys[at] ?? '')?.sort;
    return summary !== undefined && sort !== undefined && matches(summary, filter) ? [{ sort, summary }] : [];
  });
}

function summaryOf({ holder: _holder, ...open }: OpenAttempt): RunSummary {
  return { ...open, state: 'running', failed: [] };
}

function matches(summary: RunSummary, { pipeline, state }: RunFilter): boolean {
  return isOf(summary.run, pipeline) && (state === undefined || summary.state === state);
}

function isOf(run: string, pipeline: string | undefined): boolean {
  return pipeline === undefined || parseRunId(run)?.pipeline === pipeline;
}
