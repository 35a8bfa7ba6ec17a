/** A table's state as readers see it. */
import type { DataFile, Snapshot } from '../contract.ts';
import type { Add } from './actions.ts';
import { tableRoot } from './log.ts';
import type { DeltaContext } from './log.ts';
import { keyOfLogPath } from './paths.ts';
import { readSchema } from './schema.ts';
import type { TableState } from './state.ts';
import { readStats } from './stats.ts';

export async function readSnapshot(
  context: DeltaContext,
  table: string,
  state: TableState,
): Promise<Snapshot> {
  const files: DataFile[] = [];
  for (const add of state.files.values()) files.push(await dataFile(context, table, add));
  return {
    table,
    version: state.version,
    columns: readSchema(table, state.metadata.schemaString),
    partitionBy: state.metadata.partitionColumns,
    files,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    transactions: Object.fromEntries(state.transactions),
  };
}

async function dataFile(context: DeltaContext, table: string, add: Add): Promise<DataFile> {
  const path = keyOfLogPath(add.path);
  const { rows, min = {}, max = {}, nullCount = {} } = readStats(add);
  return {
    path,
    bytes: add.size,
    rows: rows ?? (await countRows(context, tableRoot(table) + path)),
    partition: add.partitionValues,
    min,
    max,
    nullCount,
  };
}

/** From the file's footer, where its writer left no statistics. */
async function countRows({ store, duckdb }: DeltaContext, key: string): Promise<number> {
  const path = await store.stage(key);
  const counted = await duckdb.session((session) =>
    session.rows<{ rows: number }>('SELECT num_rows AS rows FROM parquet_file_metadata($path)', { path }),
  );
  return counted[0]?.rows ?? 0;
}
