/** The lake: Delta tables on the object store, worked on by DuckDB sessions. */
import type { Interval } from '../../workflows/domain/interval.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';

export type SqlValue = string | number | bigint | boolean | null;
export type SqlParams = Readonly<Record<string, SqlValue>>;
export type SqlRow = Readonly<Record<string, unknown>>;

/** A DuckDB instance of one activity; closed when the activity ends, whatever happens. */
export interface Session {
  run(sql: string, params?: SqlParams): Promise<void>;
  /** Small results only. BIGINT comes as number where it is safe, else as bigint; dates as ISO text. */
  rows<T = SqlRow>(sql: string, params?: SqlParams): Promise<T[]>;
  /**
   * Column-major chunks of at most 2,048 rows: `chunk[column][row]`. Read on a connection of its
   * own: other statements may run meanwhile, but TEMP tables cannot be seen, plain tables and views can.
   */
  chunks(sql: string, params?: SqlParams): AsyncIterable<unknown[][]>;
  /**
   * As `chunks`, where all but the `leading` columns are FLOAT: those come as one row-major matrix,
   * NaN for NULL, at a fifth of the cost.
   */
  matrices(
    sql: string,
    leading: number,
    params?: SqlParams,
  ): AsyncIterable<{ readonly leading: unknown[][]; readonly matrix: Float32Array; readonly rows: number }>;
  /** Adds rows to a table that `run` has made, column-major, in the table's order; text, numbers and booleans. */
  append(table: string, columns: readonly (readonly unknown[])[]): Promise<void>;
  /** A folder of this session's own, removed with it. */
  readonly scratch: string;
}

export interface DuckDB {
  session<T>(body: (session: Session) => Promise<T>): Promise<T>;
}

export interface Column {
  readonly name: string;
  /** Delta's primitive type: `string`, `long`, `integer`, `double`, `float`, `boolean`, `date`, `timestamp`. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface DataFile {
  /** Relative to the table's root. */
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly partition: Readonly<Record<string, string | null>>;
  readonly min: Readonly<Record<string, unknown>>;
  readonly max: Readonly<Record<string, unknown>>;
  readonly nullCount: Readonly<Record<string, number>>;
}

export interface Snapshot {
  readonly table: string;
  readonly version: number;
  readonly columns: readonly Column[];
  readonly partitionBy: readonly string[];
  readonly files: readonly DataFile[];
  readonly rows: number;
  readonly bytes: number;
  /** Delta `txn` versions by application id. */
  readonly transactions: Readonly<Record<string, number>>;
}

export interface HistoryEntry {
  readonly version: number;
  readonly at: string;
  readonly operation: string;
  readonly key?: string;
  readonly rows: { readonly added: number; readonly removed: number };
  readonly files: { readonly added: number; readonly removed: number };
}

export interface TableWrite {
  /** A SELECT in the session; its columns are the table's, partition columns included. */
  readonly query: string;
  readonly params?: SqlParams;
  /** `replace` swaps the named partition for the query's rows in one commit; only these rows may belong to it. */
  readonly mode: 'append' | 'overwrite' | { readonly replace: Readonly<Record<string, string>> };
  readonly partitionBy?: readonly string[];
  /** Where all rows of an append belong to one partition, naming it halves the write's work. */
  readonly partition?: Readonly<Record<string, string>>;
  /** Idempotency key: a second write under the same key commits nothing and returns the first one's version. */
  readonly key: string;
  /** More `txn` application ids to record in the same commit, for example one for each ingested file's digest. */
  readonly transactions?: readonly string[];
  /** A unique order makes the files byte-identical between tries. */
  readonly orderBy?: readonly string[];
  /**
   * The version of this same table that the query has read. If what the write replaces has changed
   * since, it is refused (WriteConflict, worth a retry) instead of replacing what it has not seen.
   */
  readonly readVersion?: number;
}

export interface Written extends TableRef {
  readonly rows: number;
  readonly bytes: number;
  /** False where the key had been committed before. */
  readonly committed: boolean;
}

export interface TableSummary {
  readonly name: string;
  readonly uri: string;
  readonly version: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface Lake {
  exists(table: string): Promise<boolean>;
  /** The newest version by default. @throws TableNotFound, VersionNotFound, UnsupportedTable */
  snapshot(table: string, version?: number): Promise<Snapshot>;
  /** Makes `view` readable in the session; only files that may hold `where`'s partition values are staged. */
  attach(
    session: Session,
    view: string,
    ref: TableRef,
    options?: { where?: Readonly<Record<string, readonly string[]>> },
  ): Promise<Snapshot>;
  /** @throws SchemaMismatch naming the column */
  write(session: Session, table: string, write: TableWrite): Promise<Written>;
  history(table: string): Promise<HistoryEntry[]>;
  vacuum(table: string, options: { retainHours: number; dryRun?: boolean }): Promise<{ deleted: string[] }>;
  list(): Promise<TableSummary[]>;
}

export interface LandedFile {
  readonly key: string;
  readonly bytes: number;
  /** sha256 of the content, hexadecimal. */
  readonly digest: string;
}

export interface Ingested {
  readonly bronze: TableRef;
  readonly rejects: TableRef;
  readonly files: readonly { key: string; rows: number; rejected: number; ingestedBefore: boolean }[];
  /** Of this interval, as bronze now has it. */
  readonly rows: number;
  readonly rejected: number;
}

export interface Refined {
  /** By the names that the project gives them: `silver`, `quarantine`, `features`, `labels`, `excluded`. */
  readonly tables: Readonly<Record<string, TableRef>>;
  /** In = the sum of the others, checked. */
  readonly rows: {
    readonly in: number;
    readonly out: number;
    readonly duplicates: number;
    readonly quarantined: number;
    readonly excluded: number;
  };
}

export interface CheckResult {
  readonly name: string;
  readonly severity: 'warn' | 'fail';
  readonly verdict: 'pass' | 'warn' | 'fail';
  readonly observed: unknown;
  readonly expected: string;
  readonly failing: number;
  /** Up to five, keys only. */
  readonly examples: readonly string[];
}

/** What workflows call; the activity type in Temporal is `lake.<name>`. */
export interface LakeActivities {
  /** The files of the interval's months under `landing/<project>/`, in the order of their delivery. @throws NothingLanded */
  land(input: { project: string; interval: Interval }): Promise<{ files: LandedFile[] }>;
  /** @throws UnreadableFile naming it */
  ingest(input: {
    project: string;
    interval: Interval;
    files: readonly LandedFile[];
    key: string;
  }): Promise<Ingested>;
  /** @throws ContractFailed with the results, when one of severity `fail` does */
  check(input: {
    project: string;
    interval: Interval;
    layer: 'bronze' | 'silver' | 'gold';
    tables: Readonly<Record<string, TableRef>>;
  }): Promise<{ results: CheckResult[] }>;
  refine(input: {
    project: string;
    interval: Interval;
    layer: 'silver' | 'gold';
    tables: Readonly<Record<string, TableRef>>;
    key: string;
  }): Promise<Refined>;
}
