/** What DuckDB could not parse, and what it never saw, as rows of the rejects table. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { Query } from './bronze-query.ts';
import type { Session } from './contract.ts';
import type { SourceFile } from './source-file.ts';

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
