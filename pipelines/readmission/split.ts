/** Cuts the public file into months: sorted by encounter, the first 40 % as history, then equal parts. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDB, Session } from '../../activities/lake/contract.ts';
import { HISTORY_MONTHS, LIVE_MONTHS } from './calendar.ts';
import type { MonthlyFile } from './generator.ts';

const HISTORY_SHARE = 0.4;

/** A byte that stands in no text file: lines stay whole, broken ones too. */
const RAW_LINES = {
  read: `delim = '\u0001', quote = '', escape = ''`,
  write: `DELIM '\u0001', QUOTE '', ESCAPE ''`,
};

/**
 * Writes `<folder>/<YYYY-MM>.csv.gz` for every month of the calendar. Lines stay as they are and are
 * numbered by the number that they begin with; lines that begin with none go last.
 */
export function splitRealFile(
  duckdb: DuckDB,
  path: string,
  folder: string,
  { historyMonths = HISTORY_MONTHS, liveMonths = LIVE_MONTHS } = {},
): Promise<MonthlyFile[]> {
  return duckdb.session(async (session) => {
    await mkdir(folder, { recursive: true });
    const header = await readLines(session, path);
    const [{ rows } = { rows: 0 }] = await session.rows<{ rows: number }>(
      'SELECT count(*) AS rows FROM lines',
    );
    const history = Math.floor(rows * HISTORY_SHARE);
    const parts = [...cut(0, history, historyMonths), ...cut(history, rows, liveMonths)];
    const files: MonthlyFile[] = [];
    for (const { month, from, to } of parts) {
      const file = join(folder, `${month}.csv.gz`);
      await session.run(
        `COPY (
           SELECT line FROM (SELECT $header AS line, -1 AS position UNION ALL
             SELECT line, position FROM lines WHERE position >= $from AND position < $to)
           ORDER BY position
         ) TO $file (FORMAT csv, HEADER false, COMPRESSION gzip, ${RAW_LINES.write})`,
        { header, from, to, file },
      );
      files.push({ month, file, rows: to - from });
    }
    return files;
  });
}

/** The table `lines`, by position from 0; answers the header. */
async function readLines(session: Session, path: string): Promise<string> {
  const source = `read_csv($path, header = false, auto_detect = false, ${RAW_LINES.read}, columns = {line: 'VARCHAR'})`;
  await session.run(
    `CREATE TEMP TABLE lines AS
     SELECT line, row_number() OVER (ORDER BY TRY_CAST(split_part(line, ',', 1) AS BIGINT) NULLS LAST, line) - 1 AS position
     FROM ${source}
     WHERE NOT starts_with(line, 'encounter_id,')`,
    { path },
  );
  const [first] = await session.rows<{ line: string }>(
    `SELECT line FROM ${source} WHERE starts_with(line, 'encounter_id,') LIMIT 1`,
    { path },
  );
  if (first) return first.line;
  throw new Error(
    `${path} has no header that begins with encounter_id. It must have the schema of the public file.`,
  );
}

function cut(
  from: number,
  to: number,
  months: readonly string[],
): { month: string; from: number; to: number }[] {
  const bound = (index: number): number => from + Math.floor(((to - from) * index) / months.length);
  return months.map((month, index) => ({ month, from: bound(index), to: bound(index + 1) }));
}
