/**
 * Optimistic commits. A write prepares its files, then tries to be the next number in the log;
 * put-if-absent lets one writer have it. The others look at what has been committed meanwhile:
 * - under their own key: the write is done, by an earlier or a parallel try;
 * - anything else: they plan anew on the newer state. Appends always fit. An overwrite or a replaced
 *   partition then also replaces what has just been added to it, as if it had come a moment later;
 *   a write that says which version its query has read is refused instead (WriteConflict).
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { attempt } from '../../attempt.ts';
import type { Written } from '../contract.ts';
import { parseCommit, writeCommit } from './actions.ts';
import type { Action } from './actions.ts';
import { CHECKPOINT_EVERY, writeCheckpoint } from './checkpoint.ts';
import { advance, checkpointKey, commitKey, findTable, lastCheckpointKey, readCommit } from './log.ts';
import type { DeltaContext } from './log.ts';
import { planCommit, replacedFiles } from './plan.ts';
import type { Change } from './plan.ts';
import { isComplete, replay, BEGINNING } from './state.ts';
import type { TableState } from './state.ts';
import { readStats } from './stats.ts';

/** Races that one write may lose before the task's own retry takes over. */
const MAX_RACES = 200;
const FIRST_BACKOFF_MS = 4;
const LAST_BACKOFF_MS = 500;

/** @throws SchemaMismatch, PartitionMismatch, UnsupportedTable, WriteConflict */
export async function commit(
  context: DeltaContext,
  table: string,
  seen: TableState | undefined,
  change: Change,
): Promise<Written> {
  let state = seen;
  for (let race = 0; race < MAX_RACES; race++) {
    const done = await committedBefore(context, table, state, change.write.key);
    if (done) return done;
    await refuseStaleRead(context, table, state, change);
    const actions = planCommit(table, state, change, context.now());
    const version = (state?.version ?? -1) + 1;
    if (await putCommit(context, table, version, actions, change.token)) {
      await checkpoint(context, table, state, version, actions);
      return { table, version, ...totals(actions), committed: true };
    }
    await backOff(change.token, race);
    state = state ? await advance(context, table, state) : await findTable(context, table);
  }
  throw conflict(table, `it lost ${MAX_RACES} races for the next version`);
}

/** What an earlier write under the same key has committed. */
export async function committedBefore(
  context: DeltaContext,
  table: string,
  state: TableState | undefined,
  key: string,
): Promise<Written | undefined> {
  const version = state?.transactions.get(key);
  if (version === undefined) return undefined;
  return { table, version, ...totals(await readCommit(context, table, version)), committed: false };
}

/** Whether the commit is ours, also where the answer to our own put got lost. */
async function putCommit(
  { store }: DeltaContext,
  table: string,
  version: number,
  actions: readonly Action[],
  token: string,
): Promise<boolean> {
  const key = commitKey(table, version);
  const put = await store.putIfAbsent(key, writeCommit(actions)).catch((error: unknown) => ({ error }));
  if (put === true) return true;
  if (put !== false && (await store.head(key)) === undefined) throw put.error;
  return parseCommit(await store.get(key)).some(({ commitInfo }) => commitInfo?.txnId === token);
}

async function refuseStaleRead(
  context: DeltaContext,
  table: string,
  state: TableState | undefined,
  { write }: Change,
): Promise<void> {
  if (write.readVersion === undefined || state === undefined || state.version <= write.readVersion) return;
  const read = await findTable(context, table, write.readVersion);
  const paths = (at: TableState | undefined): string =>
    replacedFiles(at, write.mode)
      .map(({ path }) => path)
      .join('\n');
  if (paths(read) !== paths(state)) {
    throw conflict(
      table,
      `what it replaces has changed since version ${write.readVersion}, which its query has read`,
    );
  }
}

/** Spread by the writer's own token, so that the writers of one race do not meet again. */
async function backOff(token: string, race: number): Promise<void> {
  const ceiling = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(race, 10));
  const spread = createHash('sha256').update(`${token}/${race}`).digest().readUInt16BE() / 0xffff;
  await sleep(ceiling * (0.25 + 0.75 * spread), undefined, { signal: attempt().signal });
}

/** The commit stands already: a checkpoint that fails is only a slower read, and the next one comes. */
async function checkpoint(
  context: DeltaContext,
  table: string,
  before: TableState | undefined,
  version: number,
  actions: readonly Action[],
): Promise<void> {
  if (version === 0 || version % CHECKPOINT_EVERY !== 0) return;
  const state = replay(before ?? BEGINNING, version, actions);
  if (!isComplete(state)) return;
  try {
    const size = await writeCheckpoint(context.duckdb, state, context.now(), (file) =>
      context.store.upload(checkpointKey(table, version), file),
    );
    await context.store.put(lastCheckpointKey(table), JSON.stringify({ version, size }));
  } catch (error) {
    attempt().log('a checkpoint could not be written', { table, version, reason: String(error) });
  }
}

function totals(actions: readonly Action[]): { rows: number; bytes: number } {
  const adds = actions.flatMap(({ add }) => add ?? []);
  return {
    rows: adds.reduce((sum, add) => sum + (readStats(add).rows ?? 0), 0),
    bytes: adds.reduce((sum, add) => sum + add.size, 0),
  };
}

/** Worth another try: the task runs its query again, on the newer table. */
function conflict(table: string, reason: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: `The write to ${table} was not committed: ${reason}. Nothing was changed; it may be tried again.`,
    type: 'WriteConflict',
    details: [{ table, reason }],
  });
}
