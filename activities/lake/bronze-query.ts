/** How source files are read: every column as text, in one pass, several files in one statement. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN, type SourceSpec } from '../../workflows/domain/project.ts';
import type { Session, SqlParams, SqlValue } from './contract.ts';
import { monthOf } from './landing.ts';
import type { SourceFile } from './source-file.ts';

export interface Query {
  readonly query: string;
  readonly params: SqlParams;
}

const CSV = `header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', store_rejects = true`;

/**
 * Which of the files hold a key more than once; those keys stand in the table `repeats`. Numbering all
 * rows of all files instead would force DuckDB to read them on one thread.
 */
export async function findRepeats(
  session: Session,
  sources: readonly SourceFile[],
  { columns, key, integers }: SourceSpec,
): Promise<ReadonlySet<string>> {
  await session.run('CREATE OR REPLACE TEMP TABLE repeats (digest VARCHAR, key VARCHAR)');
  for (const source of sources) {
    await session.run(
      `INSERT INTO repeats
       SELECT $digest, key FROM (SELECT ${keyText(key, integers)} AS key FROM ${scan(source, columns, '$path')})
       WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1`,
      { digest: source.digest, path: source.path },
    );
  }
  const found = await session.rows<{ digest: string }>('SELECT DISTINCT digest FROM repeats');
  return new Set(found.map(({ digest }) => digest));
}

/** A branch for each file, two where keys repeat; `_delivery` counts on from what was delivered before. */
export function bronzeQuery(
  sources: readonly SourceFile[],
  { columns, key, integers }: SourceSpec,
  origin: {
    readonly interval: string;
    readonly run: string;
    readonly delivered: number;
    /** Digests of the files that hold a key more than once. */
    readonly repeating: ReadonlySet<string>;
  },
): Query {
  const params: Record<string, SqlValue> = { interval: origin.interval, run: origin.run };
  const branches = sources.flatMap((source, index) => {
    params[`path_${index}`] = source.path;
    params[`file_${index}`] = source.key;
    params[`digest_${index}`] = source.digest;
    params[`month_${index}`] = monthOf(source.key);
    params[`delivery_${index}`] = origin.delivered + index + 1;
    const rows = scan(source, columns, `$path_${index}`);
    return origin.repeating.has(source.digest)
      ? repeating(rows, keyText(key, integers), `$digest_${index}`).map((part) => branch(index, part))
      : [branch(index, `(SELECT *, CAST(1 AS INTEGER) AS _occurrence FROM ${rows})`)];
  });
  return { query: branches.join('\nUNION ALL BY NAME\n'), params };
}

/** The rows whose key stands once in the file, and the others, counted in the order of the file. */
function repeating(rows: string, key: string, digest: string): string[] {
  const repeated = `coalesce(${key} IN (SELECT key FROM repeats WHERE digest = ${digest}), false)`;
  return [
    `(SELECT *, CAST(1 AS INTEGER) AS _occurrence FROM ${rows} WHERE NOT ${repeated})`,
    `(SELECT * EXCLUDE (_line), CAST(row_number() OVER (PARTITION BY ${key} ORDER BY _line) AS INTEGER) AS _occurrence
      FROM (SELECT *, row_number() OVER () AS _line FROM ${rows}) WHERE ${repeated})`,
  ];
}

function branch(index: number, rows: string): string {
  return `SELECT *,
      CAST($month_${index} AS DATE) AS _month,
      $file_${index} AS _source_file,
      $digest_${index} AS _source_digest,
      CAST($delivery_${index} AS INTEGER) AS _delivery,
      $interval AS ${quoteIdentifier(INTERVAL_COLUMN)},
      $run AS _run
    FROM ${rows}`;
}

/** Numbers are compared as such: 7 and 007 are one key. */
function keyText(key: string, integers: readonly string[]): string {
  const column = quoteIdentifier(key);
  return integers.includes(key) ? `CAST(TRY_CAST(${column} AS BIGINT) AS VARCHAR)` : column;
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

function scan({ format }: SourceFile, columns: readonly string[], path: string): string {
  const names = columns.map(quoteIdentifier);
  if (format === 'csv') {
    const types = names.map((name) => `${name}: 'VARCHAR'`).join(', ');
    return `read_csv(${path}, ${CSV}, columns = {${types}})`;
  }
  const texts = names.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ');
  return `(SELECT ${texts} FROM read_parquet(${path}))`;
}
