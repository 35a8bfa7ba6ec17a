/** How source files are read: every column as text, in one pass, several files in one statement. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { Session, SqlParams, SqlValue } from './contract.ts';
import { monthOf } from './landing.ts';
import type { SourceFile } from './source-file.ts';

export interface Query {
  readonly query: string;
  readonly params: SqlParams;
}

const CSV = `header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', store_rejects = true`;

/** One branch for each file; `_delivery` counts on from what was delivered before. */
export function bronzeQuery(
  sources: readonly SourceFile[],
  columns: readonly string[],
  origin: { readonly interval: string; readonly run: string; readonly delivered: number },
): Query {
  const params: Record<string, SqlValue> = { interval: origin.interval, run: origin.run };
  const branches = sources.map((source, index) => {
    params[`path_${index}`] = source.path;
    params[`file_${index}`] = source.key;
    params[`digest_${index}`] = source.digest;
    params[`month_${index}`] = monthOf(source.key);
    params[`delivery_${index}`] = origin.delivered + index + 1;
    return `SELECT *,
      CAST($month_${index} AS DATE) AS _month,
      $file_${index} AS _source_file,
      $digest_${index} AS _source_digest,
      CAST($delivery_${index} AS INTEGER) AS _delivery,
      row_number() OVER () AS _row,
      $interval AS ${quoteIdentifier(INTERVAL_COLUMN)},
      $run AS _run
    FROM ${scan(source, columns, `$path_${index}`)}`;
  });
  return { query: branches.join('\nUNION ALL\n'), params };
}

/** Reads files for their rejects alone, or to see whether they can be read at all. */
export async function scanAgain(
  session: Session,
  sources: readonly SourceFile[],
  columns: readonly string[],
): Promise<void> {
  const all = columns.map((column) => `count(${quoteIdentifier(column)})`).join(', ');
  for (const source of sources) {
    await session.run(`SELECT ${all} FROM ${scan(source, columns, '$path')}`, { path: source.path });
  }
}

/** Gathers what the session's scans rejected, and what never reached them, in the table `unparsed`. */
export async function collectRejects(session: Session, sources: readonly SourceFile[]): Promise<void> {
  await session.run(
    `CREATE OR REPLACE TEMP TABLE unparsed
       (path VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR)`,
  );
  await session.run(
    'CREATE OR REPLACE TEMP TABLE opened (path VARCHAR, _source_file VARCHAR, _source_digest VARCHAR)',
  );
  for (const { path, key, digest, rejected } of sources) {
    await session.run('INSERT INTO opened VALUES ($path, $key, $digest)', { path, key, digest });
    for (const { line, reason, raw } of rejected) {
      await session.run('INSERT INTO unparsed VALUES ($path, $line, $reason, $raw)', {
        path,
        line,
        reason,
        raw,
      });
    }
  }
  const [scanned] = await session.rows<{ tables: number }>(
    `SELECT count(*) AS tables FROM duckdb_tables() WHERE table_name = 'reject_errors'`,
  );
  if (!scanned?.tables) return;
  // A line may be wrong in several ways, and may have been read more than once.
  await session.run(
    `INSERT INTO unparsed
     SELECT file_path, line, string_agg(DISTINCT error_message, '; ' ORDER BY error_message), any_value(csv_line)
     FROM reject_errors JOIN reject_scans USING (scan_id, file_id)
     GROUP BY file_path, line`,
  );
}

export function rejectsQuery(origin: { readonly interval: string; readonly run: string }): Query {
  return {
    query: `SELECT _source_file, _source_digest, line AS _line, reason, raw,
        $interval AS ${quoteIdentifier(INTERVAL_COLUMN)}, $run AS _run
      FROM unparsed JOIN opened USING (path)`,
    params: { ...origin },
  };
}

function scan({ format }: SourceFile, columns: readonly string[], path: string): string {
  const names = columns.map(quoteIdentifier);
  if (format === 'csv') {
    const types = names.map((name) => `${name}: 'VARCHAR'`).join(', ');
    return `read_csv(${path}, ${CSV}, columns = {${types}})`;
  }
  const texts = names.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ');
  return `(SELECT ${texts} FROM read_parquet(${path}))`;
}
