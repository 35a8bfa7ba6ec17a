/** Turns a query into Parquet files under the table's folder: files that no version knows yet. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteIdentifier } from '../../../workflows/domain/identifier.ts';
import type { Column, Session, SqlParams, SqlRow, TableWrite } from '../contract.ts';
import { partitionMismatch } from '../errors.ts';
import type { Add } from './actions.ts';
import { tableRoot } from './log.ts';
import type { DeltaContext } from './log.ts';
import { dataKey, logPath } from './paths.ts';
import { duckdbType } from './schema.ts';
import type { QueryColumn } from './schema.ts';
import { writeStats } from './stats.ts';
import type { CopyStatistics } from './stats.ts';

/**
 * Row groups of wide text tables are held whole while they are written; a third of DuckDB's default
 * bounds that. The lowest zstd level costs about what snappy does and saves half the bytes.
 */
const FORMAT = 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 40960, RETURN_STATS';

/** Raised by the query itself, so that checking costs no second pass. */
const STRAY_ROW = 'a row of the query belongs to another partition';

export interface DataWrite {
  readonly write: TableWrite;
  readonly partitionBy: readonly string[];
  /** The query's columns, and the types that the table gives them. */
  readonly query: readonly QueryColumn[];
  readonly columns: readonly Column[];
  /** Unique to this try. */
  readonly token: string;
}

/** Name and type of the query's columns. */
export async function describeQuery(session: Session, write: TableWrite): Promise<QueryColumn[]> {
  const rows = await session.rows<SqlRow>(`DESCRIBE ${bare(write.query)}`, write.params);
  return rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
}

/** @throws PartitionMismatch when a row lies outside the partition that is being replaced */
export async function writeDataFiles(
  context: DeltaContext,
  session: Session,
  table: string,
  data: DataWrite,
): Promise<Add[]> {
  const copied = await copyQuery(session, table, data);
  const adds: Add[] = [];
  for (const file of copied) {
    const name = `part-${digest(data.write.key)}-${data.token}-${adds.length}.parquet`;
    const key = dataKey(data.partitionBy, file.partition, name);
    if (file.rows > 0) {
      await context.store.upload(tableRoot(table) + key, file.path);
      adds.push({
        path: logPath(key),
        partitionValues: file.partition,
        size: file.bytes,
        modificationTime: context.now(),
        dataChange: true,
        stats: writeStats(file.rows, data.columns, file.statistics),
      });
    }
    await rm(file.path);
  }
  return adds;
}

interface CopiedFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly partition: Readonly<Record<string, string | null>>;
  readonly statistics: CopyStatistics;
}

interface CopyRow {
  readonly filename: string;
  readonly count: number;
  readonly file_size_bytes: number;
  readonly column_statistics: CopyStatistics;
  readonly partition_keys: Readonly<Record<string, string | null>> | null;
}

async function copyQuery(session: Session, table: string, data: DataWrite): Promise<CopiedFile[]> {
  const fixed = fixedPartition(data.write);
  const open = data.partitionBy.filter((column) => !(column in fixed));
  const out = join(session.scratch, open.length === 0 ? `${data.token}.parquet` : data.token);
  const sql = copyStatement(data, Object.keys(fixed), open);
  const params: SqlParams = { ...data.write.params, ...fixedParams(Object.values(fixed)), assay_out: out };
  const rows = await session.rows<CopyRow>(sql, params).catch((error: unknown) => {
    const stray = error instanceof Error && error.message.includes(STRAY_ROW);
    throw stray ? partitionMismatch(table, `${STRAY_ROW} than ${JSON.stringify(fixed)}`) : error;
  });
  return rows
    .map((row) => ({
      path: row.filename,
      rows: row.count,
      bytes: row.file_size_bytes,
      partition: partitionOf(table, data.partitionBy, { ...fixed, ...row.partition_keys }),
      statistics: row.column_statistics,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Partition columns whose value the writer knows beforehand. */
export function fixedPartition({ mode, partition = {} }: TableWrite): Readonly<Record<string, string>> {
  return typeof mode === 'object' ? mode.replace : partition;
}

function copyStatement(
  { write, query, columns, partitionBy }: DataWrite,
  fixed: readonly string[],
  open: readonly string[],
): string {
  const types = new Map(columns.map((column) => [column.name, duckdbType(column)]));
  const selected = query
    .filter(({ name }) => !fixed.includes(name))
    .map(
      ({ name }) =>
        `CAST(${quoteIdentifier(name)} AS ${types.get(name) ?? 'VARCHAR'}) AS ${quoteIdentifier(name)}`,
    );
  const checks = fixed.map(
    (column, index) =>
      `CASE WHEN CAST(${quoteIdentifier(column)} AS VARCHAR) IS NOT DISTINCT FROM $assay_fixed_${index} ` +
      `THEN true ELSE error('${STRAY_ROW}') END`,
  );
  const order = [...partitionBy.filter((column) => open.includes(column)), ...(write.orderBy ?? [])];
  return [
    `COPY (SELECT ${selected.join(', ')}`,
    `FROM (${bare(write.query)}\n) AS source`,
    ...(checks.length > 0 ? [`WHERE ${checks.join(' AND ')}`] : []),
    ...(write.orderBy ? [`ORDER BY ${order.map(quoteIdentifier).join(', ')}`] : []),
    `) TO $assay_out (${FORMAT}${open.length > 0 ? `, PARTITION_BY (${open.map(quoteIdentifier).join(', ')})` : ''})`,
  ].join('\n');
}

function fixedParams(values: readonly string[]): SqlParams {
  return Object.fromEntries(values.map((value, index) => [`assay_fixed_${index}`, value]));
}

/** An empty text would be read back as NULL, for Delta has no other way to write it. */
function partitionOf(
  table: string,
  partitionBy: readonly string[],
  values: Readonly<Record<string, string | null>>,
): Record<string, string | null> {
  return Object.fromEntries(
    partitionBy.map((column) => {
      const value = values[column] ?? null;
      if (value === '') throw partitionMismatch(table, `${column} is empty text; write NULL or a value`);
      return [column, value];
    }),
  );
}

function bare(query: string): string {
  return query.trim().replace(/;$/, '');
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}
