/** A version of a table as a view: the log decides on columns, types and partition values, never a path. */
import { quoteIdentifier } from '../../../workflows/domain/identifier.ts';
import type { Column, DataFile } from '../contract.ts';
import { literal } from '../quote.ts';
import { duckdbType } from './schema.ts';

export interface StagedFile {
  readonly path: string;
  readonly partition: DataFile['partition'];
}

/** One branch for each partition, so that a filter on it skips the files of all others. */
export function viewStatement(
  view: string,
  columns: readonly Column[],
  partitionBy: readonly string[],
  files: readonly StagedFile[],
): string {
  const selected = columns.map((column) => {
    const name = quoteIdentifier(column.name);
    return `CAST(${name} AS ${duckdbType(column)}) AS ${name}`;
  });
  const branches = [
    emptyBranch(columns),
    ...groups(partitionBy, files).map((group) => branch(columns, partitionBy, group)),
  ];
  return [
    `CREATE OR REPLACE VIEW ${quoteIdentifier(view)} AS SELECT ${selected.join(', ')}`,
    `FROM (${branches.join('\nUNION ALL BY NAME\n')})`,
  ].join('\n');
}

/** Gives every column its place and type, also those that no file has. */
function emptyBranch(columns: readonly Column[]): string {
  const nulls = columns.map(
    (column) => `CAST(NULL AS ${duckdbType(column)}) AS ${quoteIdentifier(column.name)}`,
  );
  return `SELECT ${nulls.join(', ')} WHERE false`;
}

function branch(
  columns: readonly Column[],
  partitionBy: readonly string[],
  group: readonly StagedFile[],
): string {
  const values = partitionBy.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    const value = group[0]?.partition[name] ?? '';
    const type = column ? duckdbType(column) : 'VARCHAR';
    // Delta writes NULL as null or as empty text.
    return `CAST(${value === '' ? 'NULL' : literal(value)} AS ${type}) AS ${quoteIdentifier(name)}`;
  });
  // Other writers may repeat partition columns inside the file.
  const stored = columns.filter(({ name }) => !partitionBy.includes(name)).map(({ name }) => literal(name));
  const paths = group.map(({ path }) => literal(path)).join(', ');
  const options = `union_by_name = ${group.length > 1}, hive_partitioning = false`;
  return (
    `SELECT ${[`COLUMNS(stored -> stored IN (${stored.join(', ')}))`, ...values].join(', ')} ` +
    `FROM read_parquet([${paths}], ${options})`
  );
}

function groups(partitionBy: readonly string[], files: readonly StagedFile[]): StagedFile[][] {
  const found = new Map<string, StagedFile[]>();
  for (const file of files) {
    const key = JSON.stringify(partitionBy.map((column) => file.partition[column] ?? null));
    const group = found.get(key);
    if (group) group.push(file);
    else found.set(key, [file]);
  }
  return [...found.values()];
}
