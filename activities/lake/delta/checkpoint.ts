/** Checkpoints: the replayed state of a log as one Parquet file, in the protocol's own schema. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDB } from '../contract.ts';
import { parseAction } from './actions.ts';
import type { Action } from './actions.ts';
import type { TableState } from './state.ts';

/** Commits from one checkpoint to the next. */
export const CHECKPOINT_EVERY = 50;

/** Other readers may rely on tombstones this long (the protocol's default for `delta.deletedFileRetentionDuration`). */
const TOMBSTONE_MS = 7 * 24 * 3_600_000;

const MIN_LINE_BUFFER = 1024 * 1024;

const READ = readFileSync(new URL('./sql/read-checkpoint.sql', import.meta.url), 'utf8');
const WRITE = readFileSync(new URL('./sql/write-checkpoint.sql', import.meta.url), 'utf8');

export function readCheckpoint(duckdb: DuckDB, path: string): Promise<Action[]> {
  return duckdb.session(async (session) => {
    const actions: Action[] = [];
    for await (const [lines = []] of session.chunks(READ, { path })) {
      for (const line of lines) actions.push(parseAction(String(line)));
    }
    return actions;
  });
}

/** Writes the checkpoint to a local file that `place` puts into the store; returns its number of actions. */
export function writeCheckpoint(
  duckdb: DuckDB,
  state: TableState,
  now: number,
  place: (file: string) => Promise<void>,
): Promise<number> {
  return duckdb.session(async (session) => {
    const lines = stateActions(state, now).map((action) => JSON.stringify(action));
    const actions = join(session.scratch, 'actions.ndjson');
    const file = join(session.scratch, 'checkpoint.parquet');
    await writeFile(actions, lines.join('\n'));
    // DuckDB reads lines into buffers of twice this size, which count against its memory.
    const longest = lines.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), MIN_LINE_BUFFER);
    await session.run(WRITE, { actions, file, longest: longest + 1 });
    await place(file);
    return lines.length;
  });
}

function stateActions(state: TableState, now: number): Action[] {
  const removed = [...state.tombstones.values()].filter(
    ({ deletionTimestamp }) => (deletionTimestamp ?? 0) > now - TOMBSTONE_MS,
  );
  return [
    { protocol: state.protocol },
    {
      metaData: {
        ...state.metadata,
        format: { options: {}, ...state.metadata.format },
        configuration: state.metadata.configuration ?? {},
      },
    },
    ...[...state.transactions].map(([appId, version]) => ({ txn: { appId, version } })),
    ...[...state.files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...removed.map((remove) => ({ remove: { ...remove, dataChange: false } })),
  ];
}
