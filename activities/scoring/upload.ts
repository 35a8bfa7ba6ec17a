/** An uploaded file becomes the table `bronze`, as the pipeline would have landed it, once its columns are right. */
import { ApplicationFailure } from '@temporalio/common';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { SourceSpec } from '../../workflows/domain/project.ts';
import type { Session } from '../lake/contract.ts';

interface ColumnProblem {
  readonly column: string;
  readonly problem: string;
}

/** Readers by the end of the file's name; both take `$file`. All text: types are silver's business. */
const READERS: readonly { readonly ends: RegExp; readonly sql: string }[] = [
  {
    ends: /\.csv(\.gz)?$/i,
    sql: "read_csv($file, all_varchar = true, header = true, delim = ',', quote = '\"')",
  },
  { ends: /\.parquet$/i, sql: 'read_parquet($file)' },
];

/**
 * Makes the table `upload`: the source's columns as text, and `_row`, counted from 1. Where the label's
 * column was left out, it is NULL.
 * @throws UnreadableFile; InvalidUpload with every missing and mistyped column at once
 */
export async function readUpload(
  session: Session,
  source: SourceSpec,
  name: string,
  file: string,
): Promise<void> {
  const reader = READERS.find(({ ends }) => ends.test(name));
  if (reader === undefined) throw unreadable(name, 'its name ends in none of .csv, .csv.gz, .parquet');
  try {
    await session.run(`CREATE TABLE delivered AS SELECT row_number() OVER () AS _row, * FROM ${reader.sql}`, {
      file,
    });
  } catch (error) {
    throw unreadable(name, firstLine(error));
  }
  const present = await deliveredColumns(session);
  const problems = [...missingColumns(present, source), ...(await mistypedColumns(session, present, source))];
  if (problems.length > 0) throw invalidUpload(name, problems);
  const columns = source.columns.map((column) => {
    const quoted = quoteIdentifier(column);
    return `CAST(${present.has(column) ? quoted : 'NULL'} AS VARCHAR) AS ${quoted}`;
  });
  await session.run(`CREATE TABLE upload AS SELECT _row, ${columns.join(', ')} FROM delivered`);
  await session.run('DROP TABLE delivered');
}

/** The label is what is to be predicted: whoever knows it may leave it in, nobody has to. */
function missingColumns(present: ReadonlySet<string>, source: SourceSpec): ColumnProblem[] {
  return source.columns
    .filter((column) => !present.has(column) && column !== source.label)
    .map((column) => ({ column, problem: 'missing' }));
}

async function deliveredColumns(session: Session): Promise<Set<string>> {
  const rows = await session.rows<{ column_name: string }>('DESCRIBE delivered');
  return new Set(rows.map((row) => row.column_name));
}

/** Whole numbers, where there is a value at all; and a key in every row. */
async function mistypedColumns(
  session: Session,
  present: ReadonlySet<string>,
  source: SourceSpec,
): Promise<ColumnProblem[]> {
  const problems: ColumnProblem[] = [];
  for (const column of source.integers.filter((name) => present.has(name))) {
    const text = `CAST(${quoteIdentifier(column)} AS VARCHAR)`;
    const [found] = await session.rows<{ failing: number; example: string | null }>(
      `SELECT count(*) AS failing, any_value(${text}) AS example FROM delivered
       WHERE ${text} IS NOT NULL AND ${text} <> $missing
         AND NOT regexp_full_match(trim(${text}), '[+-]?[0-9]{1,18}')`,
      { missing: source.nullText },
    );
    if (found !== undefined && found.failing > 0) {
      const problem = `not a whole number in ${found.failing} rows, for example '${found.example}'`;
      problems.push({ column, problem });
    }
  }
  return problems;
}

function invalidUpload(name: string, problems: readonly ColumnProblem[]): ApplicationFailure {
  const list = problems.map(({ column, problem }) => `${column}: ${problem}`).join('; ');
  return ApplicationFailure.nonRetryable(
    `${name} does not have the source's columns (${list}). Nothing was scored; mend the file and send it again.`,
    'InvalidUpload',
    { file: name, problems },
  );
}

function unreadable(name: string, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${name} can't be read: ${reason}. Send a CSV (plain or gzip) or a Parquet file with the source's columns.`,
    'UnreadableFile',
    { file: name },
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
