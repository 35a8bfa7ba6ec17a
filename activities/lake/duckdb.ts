/**
 * DuckDB sessions. Each has an instance of its own, in memory, that spills into its scratch folder
 * and is closed with it. Queries run on libuv's thread pool, so the event loop stays free; give the
 * process more pool threads (`UV_THREADPOOL_SIZE`) than it may have queries at once.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBDataChunk, DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { attempt } from '../attempt.ts';
import { copyFloats } from '../float-vector.ts';
import type { DuckDB, Session, SqlParams } from './contract.ts';
import { parameterTypes, parameterValues, plainColumn } from './values.ts';

export interface DuckDBOptions {
  /** As DuckDB writes it: `500MB`. The process needs about 250 MB more than this. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Folder for spilled data and scratch files; made when missing. */
  readonly tempDirectory: string;
}

/** Rows of one of DuckDB's vectors. */
const VECTOR = 2048;

export function createDuckDB(options: DuckDBOptions): DuckDB {
  return {
    async session(body) {
      const { signal } = attempt();
      signal.throwIfAborted();
      await mkdir(options.tempDirectory, { recursive: true });
      const scratch = await mkdtemp(join(options.tempDirectory, 'session-'));
      try {
        const instance = await openInstance(options, scratch);
        try {
          return await withConnections(instance, scratch, signal, body);
        } finally {
          instance.closeSync();
        }
      } finally {
        await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

function openInstance(options: DuckDBOptions, scratch: string): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit,
    threads: String(options.threads),
    temp_directory: join(scratch, 'spill'),
    // Keeps the readers' row groups in flight few; whoever needs an order says so.
    preserve_insertion_order: 'false',
    // A stray `s3://` must be an error and never a download.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
}

async function withConnections<T>(
  instance: DuckDBInstance,
  scratch: string,
  signal: AbortSignal,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  const open = new Set<DuckDBConnection>();
  const interrupt = (): void => open.forEach((connection) => connection.interrupt());
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    open.add(connection);
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  };
  const release = (connection: DuckDBConnection): void => {
    open.delete(connection);
    connection.closeSync();
  };
  signal.addEventListener('abort', interrupt);
  try {
    return await body(createSession({ main: await connect(), connect, release, scratch, signal }));
  } finally {
    signal.removeEventListener('abort', interrupt);
    open.forEach(release);
  }
}

interface Connections {
  readonly main: DuckDBConnection;
  readonly connect: () => Promise<DuckDBConnection>;
  readonly release: (connection: DuckDBConnection) => void;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

function createSession({ main, connect, release, scratch, signal }: Connections): Session {
  /** A connection of its own, so that other statements may run while this one is being read. */
  async function* apart(sql: string, params?: SqlParams): AsyncGenerator<DuckDBDataChunk> {
    const connection = await connect();
    try {
      for await (const { chunk } of results(connection, signal, sql, params)) yield chunk;
    } finally {
      release(connection);
    }
  }

  return {
    scratch,
    async run(sql, params) {
      for await (const chunk of results(main, signal, sql, params)) void chunk;
    },
    async rows<T>(sql: string, params?: SqlParams) {
      const rows: unknown[] = [];
      for await (const { result, chunk } of results(main, signal, sql, params)) {
        rows.push(...rowObjects(result.deduplicatedColumnNames(), plainColumns(chunk)));
      }
      // The caller names the row's type; SQL has no way to prove it.
      return rows as T[];
    },
    async *chunks(sql, params) {
      for await (const chunk of apart(sql, params)) yield plainColumns(chunk);
    },
    async *matrices(sql, leading, params) {
      for await (const chunk of apart(sql, params)) {
        const { rowCount: rows } = chunk;
        yield { leading: plainColumns(chunk, leading), matrix: floatMatrix(chunk, leading), rows };
      }
    },
    append: (table, columns) => appendColumns(main, table, columns),
  };
}

/** Runs a statement and streams its result; an interrupted one throws the signal's reason. */
async function* results(
  connection: DuckDBConnection,
  signal: AbortSignal,
  sql: string,
  params: SqlParams = {},
): AsyncGenerator<{ result: DuckDBResult; chunk: DuckDBDataChunk }> {
  signal.throwIfAborted();
  try {
    const result = await connection.stream(sql, parameterValues(params), parameterTypes(params));
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      yield { result, chunk };
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function plainColumns(chunk: DuckDBDataChunk, count = chunk.columnCount): unknown[][] {
  return Array.from({ length: count }, (_, column) =>
    plainColumn(chunk.getColumnValues(column), chunk.getColumnVector(column).type),
  );
}

function floatMatrix(chunk: DuckDBDataChunk, leading: number): Float32Array {
  const width = chunk.columnCount - leading;
  const rows = chunk.rowCount;
  const matrix = new Float32Array(rows * width);
  for (let column = 0; column < width; column++) {
    copyFloats(chunk.getColumnVector(leading + column), rows, matrix, { start: column, stride: width });
  }
  return matrix;
}

function rowObjects(names: readonly string[], columns: readonly unknown[][]): unknown[] {
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (): Record<string, unknown> => ({}));
  for (const [column, name] of names.entries()) {
    for (const [index, row] of rows.entries()) row[name] = columns[column]?.[index];
  }
  return rows;
}

async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly (readonly unknown[])[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    const types = Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
    const rows = columns[0]?.length ?? 0;
    for (let from = 0; from < rows; from += VECTOR) {
      const chunk = DuckDBDataChunk.create(types, Math.min(VECTOR, rows - from));
      chunk.setColumns(
        types.map((type, column) => appendable(columns[column]?.slice(from, from + VECTOR) ?? [], type)),
      );
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function appendable(values: readonly unknown[], type: DuckDBType): DuckDBValue[] {
  const wide = type.typeId === DuckDBTypeId.BIGINT;
  return values.map((value) => (wide && typeof value === 'number' ? BigInt(value) : (value as DuckDBValue)));
}
