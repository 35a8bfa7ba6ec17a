/** Lists runs from the newest to the oldest: those that are open beside a page of those that are closed. */
import type { ObjectStore } from '../store/contract.ts';
import type { ListedState, OpenAttempt, Queued, RunFilter, RunSummary } from './contract.ts';
import { matches, mayMatch } from './filter.ts';
import { CLOSED, closedKey, parseClosedKey, sortKey, timeKey } from './keys.ts';
import { readJson } from './objects.ts';
import { openAttempts } from './open.ts';
import { queuedRuns } from './queue.ts';

interface Row {
  readonly sort: string;
  readonly summary: RunSummary;
}

const OPEN_STATES: ReadonlySet<ListedState> = new Set<ListedState>(['running', 'queued']);

const PAGE = 50;
/** Summaries that are read at a time. */
const BATCH = 16;

/** Summaries that one page looks through at most. */
const SCANNED = 2000;

interface Page {
  readonly rows: readonly Row[];
  /** Where the search was given up, when it was. */
  readonly stoppedAt?: string;
}

export async function listRuns(
  store: ObjectStore,
  filter: RunFilter,
): Promise<{ runs: RunSummary[]; next?: string }> {
  const limit = filter.limit ?? PAGE;
  const open = await openRows(store, filter);
  const { rows: closed, stoppedAt } = await closedRows(store, filter, limit + 1);
  // An attempt whose last act is under way stands in both for a moment.
  const done = new Set(closed.map(({ summary }) => `${summary.run}/${summary.attempt}`));
  const running = open.filter(
    ({ sort, summary }) =>
      !done.has(`${summary.run}/${summary.attempt}`) && (stoppedAt === undefined || sort <= stoppedAt),
  );
  const rows = [...running, ...closed].toSorted((a, b) => (a.sort < b.sort ? -1 : 1));
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? page.at(-1)?.sort : stoppedAt;
  return { runs: page.map(({ summary }) => summary), ...(next !== undefined && { next }) };
}

async function openRows(store: ObjectStore, filter: RunFilter): Promise<Row[]> {
  if (filter.state !== undefined && !OPEN_STATES.has(filter.state)) return [];
  const [open, queued] = await Promise.all([openAttempts(store), queuedRuns(store)]);
  const rows = open.map((one) => ({
    sort: sortKey(one.run, one.attempt, one.claimedAt),
    summary: summaryOf(one, queued.get(`${one.run}/${one.attempt}`)),
  }));
  const after = rows.filter(({ sort }) => sort > (filter.after ?? ''));
  return filtered(store, after, filter);
}

/** From the newest on that the filter may be about, up to the oldest. */
async function closedRows(store: ObjectStore, filter: RunFilter, wanted: number): Promise<Page> {
  const rows: Row[] = [];
  if (filter.state !== undefined && OPEN_STATES.has(filter.state)) return { rows };
  const from = [filter.after, filter.until && timeKey(filter.until)].filter((key) => key !== undefined);
  const last = filter.since === undefined ? undefined : timeKey(filter.since, 1);
  const after = from.toSorted().at(-1);
  let scanned = 0;
  let batch: string[] = [];
  const take = async (): Promise<void> => {
    rows.push(...(await readRows(store, batch, filter)));
    batch = [];
  };
  for await (const { key } of store.list(CLOSED, after === undefined ? {} : { after: closedKey(after) })) {
    const { run, sort } = parseClosedKey(key) ?? {};
    if (run === undefined || sort === undefined) continue;
    if (last !== undefined && sort > last) break;
    if (mayMatch(run, filter) && batch.push(key) >= BATCH) await take();
    if (rows.length >= wanted) return { rows };
    scanned += 1;
    if (scanned < SCANNED) continue;
    await take();
    return { rows, stoppedAt: sort };
  }
  await take();
  return { rows };
}

async function readRows(store: ObjectStore, keys: readonly string[], filter: RunFilter): Promise<Row[]> {
  const summaries = await Promise.all(keys.map((key) => readJson<RunSummary>(store, key)));
  const rows = summaries.flatMap((summary, at) => {
    const sort = parseClosedKey(keys[at] ?? '')?.sort;
    return summary !== undefined && sort !== undefined ? [{ sort, summary }] : [];
  });
  return filtered(store, rows, filter);
}

async function filtered(store: ObjectStore, rows: readonly Row[], filter: RunFilter): Promise<Row[]> {
  const wanted = await Promise.all(rows.map(({ summary }) => matches(store, summary, filter)));
  return rows.filter((_row, at) => wanted[at]);
}

function summaryOf({ holder: _holder, ...open }: OpenAttempt, queued: Queued | undefined): RunSummary {
  const state = queued === undefined ? 'running' : 'queued';
  return { ...open, state, ...(queued !== undefined && { queued }), failed: [] };
}
