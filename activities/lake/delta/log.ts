/** Reads a table's Delta log: the newest usable checkpoint, then the commits after it. */
import { z } from 'zod';
import type { ObjectStore } from '../../store/contract.ts';
import type { DuckDB } from '../contract.ts';
import { invalidTableName, tableNotFound, unsupportedTable, versionNotFound } from '../errors.ts';
import { parseCommit } from './actions.ts';
import type { Action } from './actions.ts';
import { readCheckpoint } from './checkpoint.ts';
import { checkReadable } from './protocol.ts';
import { BEGINNING, isComplete, replay } from './state.ts';
import type { Beginning, TableState } from './state.ts';

export interface DeltaContext {
  readonly store: ObjectStore;
  readonly duckdb: DuckDB;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const NAME = /^[a-z0-9_-]+\/[A-Za-z0-9_.-]+$/;
const COMMIT = /\/(\d{20})\.json$/;
const CHECKPOINT = /\/(\d{20})\.checkpoint\.parquet$/;

const LastCheckpoint = z.object({ version: z.number() });

/** @throws InvalidTableName */
export function tableRoot(table: string): string {
  if (!NAME.test(table) || table.includes('..')) throw invalidTableName(table);
  return `lake/${table}/`;
}

export function commitKey(table: string, version: number): string {
  return `${tableRoot(table)}_delta_log/${String(version).padStart(20, '0')}.json`;
}

export function checkpointKey(table: string, version: number): string {
  return `${tableRoot(table)}_delta_log/${String(version).padStart(20, '0')}.checkpoint.parquet`;
}

export function lastCheckpointKey(table: string): string {
  return `${tableRoot(table)}_delta_log/_last_checkpoint`;
}

/** The state at a version, the newest by default. @throws TableNotFound, VersionNotFound, UnsupportedTable */
export async function readTable(context: DeltaContext, table: string, version?: number): Promise<TableState> {
  const state = await findTable(context, table, version);
  if (state === undefined) throw tableNotFound(table);
  if (version !== undefined && state.version !== version) {
    throw versionNotFound(table, version, state.version);
  }
  return state;
}

/** The state at a version or at the newest below it; `undefined` where there is no table. */
export async function findTable(
  context: DeltaContext,
  table: string,
  version = Number.MAX_SAFE_INTEGER,
): Promise<TableState | undefined> {
  const hint = await lastCheckpoint(context, table);
  const start = hint === undefined || hint > version ? undefined : hint;
  const log = await listLog(context, table, start);
  const usable = log.checkpoints.filter((found) => found <= version).at(-1);
  const base = usable === undefined ? BEGINNING : await fromCheckpoint(context, table, usable);
  const state = await replayCommits(context, table, base, log.commits, version);
  if (state.version < 0) return undefined;
  if (!isComplete(state)) throw unsupportedTable(table, 'a log whose beginning is missing');
  checkReadable(table, state);
  return state;
}

/** The same table after the commits that others have made since. */
export async function advance(context: DeltaContext, table: string, state: TableState): Promise<TableState> {
  const { commits } = await listLog(context, table, state.version);
  const newer = await replayCommits(context, table, state, commits, Number.MAX_SAFE_INTEGER);
  if (!isComplete(newer)) throw unsupportedTable(table, 'a log whose beginning is missing');
  checkReadable(table, newer);
  return newer;
}

/** All commits that the log still has, oldest first. */
export async function* readCommits(
  context: DeltaContext,
  table: string,
): AsyncGenerator<{ version: number; actions: Action[] }> {
  const { commits } = await listLog(context, table);
  for (const version of commits) yield { version, actions: await readCommit(context, table, version) };
}

export async function readCommit(context: DeltaContext, table: string, version: number): Promise<Action[]> {
  return parseCommit(await context.store.get(commitKey(table, version)));
}

/** Versions in the log, in order. With a start: those from it on, the start's own commit left out. */
async function listLog(
  { store }: DeltaContext,
  table: string,
  start?: number,
): Promise<{ commits: number[]; checkpoints: number[] }> {
  const found = { commits: [] as number[], checkpoints: start === undefined ? [] : [start] };
  const after = start === undefined ? {} : { after: commitKey(table, start) };
  for await (const { key } of store.list(`${tableRoot(table)}_delta_log/`, after)) {
    const commit = COMMIT.exec(key)?.[1];
    const checkpoint = CHECKPOINT.exec(key)?.[1];
    if (commit !== undefined) found.commits.push(Number(commit));
    if (checkpoint !== undefined) found.checkpoints.push(Number(checkpoint));
  }
  return found;
}

async function replayCommits(
  context: DeltaContext,
  table: string,
  base: Beginning,
  commits: readonly number[],
  until: number,
): Promise<Beginning> {
  let state = base;
  for (const version of commits) {
    if (version <= base.version || version > until) continue;
    if (version !== state.version + 1) {
      throw unsupportedTable(table, `commit ${state.version + 1}, which its log lacks`);
    }
    state = replay(state, version, await readCommit(context, table, version));
  }
  return state;
}

async function fromCheckpoint(context: DeltaContext, table: string, version: number): Promise<Beginning> {
  const path = await context.store.stage(checkpointKey(table, version));
  return replay(BEGINNING, version, await readCheckpoint(context.duckdb, path));
}

/** A hint only: the log itself decides, so a missing or damaged one costs a longer listing. */
async function lastCheckpoint({ store }: DeltaContext, table: string): Promise<number | undefined> {
  const key = lastCheckpointKey(table);
  if ((await store.head(key)) === undefined) return undefined;
  const parsed = LastCheckpoint.safeParse(parseJson(Buffer.from(await store.get(key)).toString('utf8')));
  if (!parsed.success) return undefined;
  const there = await store.head(checkpointKey(table, parsed.data.version));
  return there && parsed.data.version;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
