/** The monitoring table: every measure of every interval, a row each, so that a trend is a query. */
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { Level } from '../../workflows/domain/governance/situation.ts';
import type { DuckDB, Lake } from '../lake/contract.ts';
import type { PinnedModel } from '../scoring/contract.ts';

/** What comes at once, and is replaced at once: inputs and outputs, and performance when labels have come. */
type Part = 'drift' | 'performance';

export interface MonitoringRow {
  /** A `MeasureKind`, or `quality`, or `data` for figures of the whole interval. */
  readonly kind: string;
  /** A column, or what the figure is called. */
  readonly name: string;
  readonly measure: string;
  readonly value: number | null;
  /** Only where it is judged. */
  readonly level: Level | 'broken' | null;
  readonly threshold: string | null;
  readonly reason: string | null;
}

export interface IntervalRows {
  readonly interval: Interval;
  readonly part: Part;
  readonly model: PinnedModel;
  readonly run: string;
  readonly rows: readonly MonitoringRow[];
}

export type StoredRow = MonitoringRow & {
  readonly start: string;
  readonly end: string;
  readonly part: Part;
  readonly version: number;
};

interface TableDependencies {
  readonly lake: Lake;
  readonly duckdb: DuckDB;
}

const COLUMNS = ['kind', 'name', 'measure', 'value', 'level', 'threshold', 'reason'] as const;

/** Replaces the interval's part, in one commit. */
export async function writeRows(
  { lake, duckdb }: TableDependencies,
  table: string,
  { interval, part, model, run, rows }: IntervalRows,
  key: string,
): Promise<void> {
  await duckdb.session(async (session) => {
    const types = COLUMNS.map((name) => `${name} ${name === 'value' ? 'DOUBLE' : 'VARCHAR'}`);
    await session.run(`CREATE TABLE measured (${types.join(', ')})`);
    await session.append(
      'measured',
      COLUMNS.map((name) => rows.map((row) => row[name])),
    );
    await lake.write(session, table, {
      query: `SELECT
          $start AS ${INTERVAL_COLUMN}, $part AS part, $end AS interval_end, $model AS model,
          CAST($version AS INTEGER) AS model_version, $run AS run, measured.*
        FROM measured`,
      params: { ...interval, part, model: model.model, version: model.version, run },
      mode: { replace: { [INTERVAL_COLUMN]: interval.start, part } },
      partitionBy: [INTERVAL_COLUMN, 'part'],
      orderBy: ['kind', 'name', 'measure'],
      key,
    });
  });
}

/** Of the newest `limit` intervals, in time order; of one version only where one is named. Nothing before there is a table. */
export async function readRows(
  { lake, duckdb }: TableDependencies,
  table: string,
  { limit, version = null }: { readonly limit: number; readonly version?: number | null },
): Promise<StoredRow[]> {
  if (!(await lake.exists(table))) return [];
  const snapshot = await lake.snapshot(table);
  return duckdb.session(async (session) => {
    await lake.attach(session, 'monitoring', { table, version: snapshot.version });
    return session.rows<StoredRow>(
      `SELECT ${INTERVAL_COLUMN} AS start, interval_end AS "end", part, model_version AS version, ${COLUMNS.join(', ')}
       FROM monitoring
       WHERE $version IS NULL OR model_version = $version
       QUALIFY dense_rank() OVER (ORDER BY ${INTERVAL_COLUMN} DESC) <= $limit
       ORDER BY start, kind, name, measure`,
      { version, limit },
    );
  });
}

/** Rows of one interval after those of the one before. */
export function byInterval(rows: readonly StoredRow[]): { interval: Interval; rows: StoredRow[] }[] {
  const intervals = new Map<string, { interval: Interval; rows: StoredRow[] }>();
  for (const row of rows) {
    const known = intervals.get(row.start);
    if (known) known.rows.push(row);
    else intervals.set(row.start, { interval: { start: row.start, end: row.end }, rows: [row] });
  }
  return [...intervals.values()];
}
