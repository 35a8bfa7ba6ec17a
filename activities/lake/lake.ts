/** The lake: Delta tables under `lake/` in the object store, written and read through DuckDB sessions. */
import { randomUUID } from 'node:crypto';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { ObjectStore } from '../store/contract.ts';
import type {
  DataFile,
  DuckDB,
  Lake,
  Session,
  Snapshot,
  TableSummary,
  TableWrite,
  Written,
} from './contract.ts';
import { commit, committedBefore } from './delta/commit.ts';
import { describeQuery, writeDataFiles } from './delta/data-files.ts';
import { readHistory } from './delta/history.ts';
import { findTable, readTable, tableRoot } from './delta/log.ts';
import type { DeltaContext } from './delta/log.ts';
import { planSchema } from './delta/plan.ts';
import { checkWritable } from './delta/protocol.ts';
import { readSnapshot } from './delta/snapshot.ts';
import { stageFiles } from './delta/stage-files.ts';
import { vacuumTable } from './delta/vacuum.ts';
import { viewStatement } from './delta/view.ts';
import { partitionMismatch } from './errors.ts';

export interface LakeDependencies {
  readonly store: ObjectStore;
  /** For checkpoints; everything else runs in the caller's session. */
  readonly duckdb: DuckDB;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export function createLake({ store, duckdb, now = Date.now }: LakeDependencies): Lake {
  const context: DeltaContext = { store, duckdb, now };
  const snapshot: Lake['snapshot'] = async (table, version) =>
    readSnapshot(context, table, await readTable(context, table, version));
  return {
    snapshot,
    exists: async (table) => (await findTable(context, table)) !== undefined,
    attach: (session, view, ref, options) => attach(context, snapshot, session, { view, ref, ...options }),
    write: (session, table, write) => writeTable(context, session, table, write),
    async history(table) {
      await readTable(context, table);
      return readHistory(context, table);
    },
    vacuum: (table, options) => vacuumTable(context, table, options),
    list: () => listTables(context),
  };
}

async function writeTable(
  context: DeltaContext,
  session: Session,
  table: string,
  write: TableWrite,
): Promise<Written> {
  const state = await findTable(context, table);
  const done = await committedBefore(context, table, state, write.key);
  if (done) return done;
  if (state) checkWritable(table, state);
  const query = await describeQuery(session, write);
  const { columns, partitionBy } = planSchema(table, state, query, write);
  const token = randomUUID();
  const adds = await writeDataFiles(context, session, table, { write, partitionBy, query, columns, token });
  return commit(context, table, state, { write, query, partitionBy, adds, token });
}

async function attach(
  { store }: DeltaContext,
  snapshot: Lake['snapshot'],
  session: Session,
  {
    view,
    ref,
    where = {},
  }: { view: string; ref: TableRef; where?: Readonly<Record<string, readonly string[]>> },
): Promise<Snapshot> {
  const found = await snapshot(ref.table, ref.version);
  const stranger = Object.keys(where).find((column) => !found.partitionBy.includes(column));
  if (stranger !== undefined) throw partitionMismatch(ref.table, `${stranger} is no partition column`);
  const wanted = found.files.filter((file) => mayHold(file, where));
  const staged = await stageFiles(store, ref, wanted);
  await session.run(viewStatement(view, found.columns, found.partitionBy, staged));
  return found;
}

function mayHold({ partition }: DataFile, where: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(where).every(([column, values]) => {
    const value = partition[column];
    return typeof value === 'string' && values.includes(value);
  });
}

/** Finds tables by hopping from folder to folder, whatever number of files they hold. */
async function listTables(context: DeltaContext): Promise<TableSummary[]> {
  const summaries: TableSummary[] = [];
  let after = 'lake/';
  for (;;) {
    const name = await nextTable(context.store, after);
    if (name === undefined) return summaries;
    after = `lake/${name}/\u{10FFFF}`;
    const state = await findTable(context, name);
    if (state === undefined) continue;
    const { version, rows, bytes } = await readSnapshot(context, name, state);
    summaries.push({
      name,
      uri: `${context.store.uri}/${tableRoot(name).slice(0, -1)}`,
      version,
      rows,
      bytes,
    });
  }
}

async function nextTable(store: ObjectStore, after: string): Promise<string | undefined> {
  for await (const { key } of store.list('lake/', { after })) {
    const name = /^lake\/([^/]+\/[^/]+)\//.exec(key)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}
