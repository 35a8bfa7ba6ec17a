/** What a write has to put into the log, given the state it meets. Pure: a lost race plans anew on the newer state. */
import type { Column, TableWrite } from '../contract.ts';
import { partitionMismatch } from '../errors.ts';
import type { Action, Add, Metadata } from './actions.ts';
import { fixedPartition } from './data-files.ts';
import { PROTOCOL, checkRemovable, checkWritable } from './protocol.ts';
import { mergeSchema, readSchema, writeSchema } from './schema.ts';
import type { QueryColumn } from './schema.ts';
import type { TableState } from './state.ts';

/** Other writers shall not clean our log up: it is the history. */
const CONFIGURATION = { 'delta.checkpointInterval': '50', 'delta.enableExpiredLogCleanup': 'false' };

export interface Change {
  readonly write: TableWrite;
  readonly query: readonly QueryColumn[];
  readonly partitionBy: readonly string[];
  readonly adds: readonly Add[];
  /** Of this try; also the id of the table, should it be new. */
  readonly token: string;
}

/** The table's columns and partitions as the write will leave them. @throws SchemaMismatch, PartitionMismatch */
export function planSchema(
  table: string,
  state: TableState | undefined,
  query: readonly QueryColumn[],
  write: TableWrite,
): { columns: Column[]; partitionBy: readonly string[]; added: boolean } {
  const existing = state ? readSchema(table, state.metadata.schemaString) : [];
  const partitionBy = state?.metadata.partitionColumns ?? write.partitionBy ?? [];
  if (write.partitionBy && write.partitionBy.join('\0') !== partitionBy.join('\0')) {
    throw partitionMismatch(
      table,
      `it is partitioned by (${partitionBy.join(', ')}), the write by (${write.partitionBy.join(', ')})`,
    );
  }
  const stranger = Object.keys(fixedPartition(write)).find((column) => !partitionBy.includes(column));
  if (stranger !== undefined) throw partitionMismatch(table, `${stranger} is no partition column`);
  const missing = partitionBy.find((column) => !query.some(({ name }) => name === column));
  if (missing !== undefined)
    throw partitionMismatch(table, `the query lacks the partition column ${missing}`);
  return { ...mergeSchema(table, existing, query), partitionBy };
}

export function planCommit(
  table: string,
  state: TableState | undefined,
  change: Change,
  now: number,
): Action[] {
  const { write, adds } = change;
  if (state) checkWritable(table, state);
  const { columns, partitionBy, added } = planSchema(table, state, change.query, write);
  if (partitionBy.join('\0') !== change.partitionBy.join('\0')) {
    throw partitionMismatch(table, 'another writer has just made the table with other partitions');
  }
  const replaced = replacedFiles(state, write.mode);
  if (state && replaced.length > 0) checkRemovable(table, state);
  const version = (state?.version ?? -1) + 1;
  const metaData = metadata(state, change, columns, now);
  return [
    { commitInfo: commitInfo(change, replaced, now) },
    ...(state ? [] : [{ protocol: PROTOCOL }]),
    ...(added || !state ? [{ metaData }] : []),
    ...[write.key, ...(write.transactions ?? [])].map((appId) => ({
      txn: { appId, version, lastUpdated: now },
    })),
    ...replaced.map(({ path, partitionValues, size }) => ({
      remove: {
        path,
        deletionTimestamp: now,
        dataChange: true,
        extendedFileMetadata: true,
        partitionValues,
        size,
      },
    })),
    ...adds.map((add) => ({ add })),
  ];
}

/** The live files whose rows the write replaces. */
export function replacedFiles(state: TableState | undefined, mode: TableWrite['mode']): Add[] {
  if (mode === 'append' || state === undefined) return [];
  const files = [...state.files.values()];
  if (mode === 'overwrite') return files;
  const wanted = Object.entries(mode.replace);
  return files.filter(({ partitionValues }) =>
    wanted.every(([column, value]) => partitionValues[column] === value),
  );
}

function metadata(
  state: TableState | undefined,
  change: Change,
  columns: readonly Column[],
  now: number,
): Metadata {
  const known = state?.metadata ?? {
    id: change.token,
    format: { provider: 'parquet', options: {} },
    partitionColumns: [...change.partitionBy],
    configuration: CONFIGURATION,
    createdTime: now,
  };
  return { ...known, schemaString: writeSchema(columns) };
}

function commitInfo(
  { write, adds, partitionBy, token }: Change,
  replaced: readonly Add[],
  now: number,
): Action['commitInfo'] {
  const predicate = typeof write.mode === 'object' ? { predicate: JSON.stringify(write.mode.replace) } : {};
  return {
    timestamp: now,
    operation: 'WRITE',
    operationParameters: {
      mode: write.mode === 'append' ? 'Append' : 'Overwrite',
      partitionBy: JSON.stringify(partitionBy),
      ...predicate,
    },
    operationMetrics: { numAddedFiles: String(adds.length), numRemovedFiles: String(replaced.length) },
    isBlindAppend: write.mode === 'append',
    engineInfo: 'assay',
    txnId: token,
    assayKey: write.key,
  };
}
