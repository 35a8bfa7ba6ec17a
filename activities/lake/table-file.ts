/** Any CSV or Parquet file as a view, as it came: for the commands that stand alone and know no project. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { ApplicationFailure } from '@temporalio/common';

import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session, SqlParams } from './contract.ts';
import { literal } from './quote.ts';

export interface TableFile {
  readonly file: string;
  readonly columns: readonly {
    readonly name: string;
    /** As DuckDB names it; every column of a CSV is VARCHAR, its empty fields NULL. */
    readonly type: string;
  }[];
  /** Whether the file itself says which type a column has. */
  readonly typed: boolean;
}

export type OpenTableFile = (session: Session, view: string, file: string) => Promise<TableFile>;

const PARQUET = Buffer.from('PAR1');
const GZIP = Buffer.from([0x1f, 0x8b]);
const SEPARATORS = [',', ';', '\t', '|'];
/** Nothing is guessed but how lines end: what is guessed wrong would be left out without a word. */
const CSV = `all_varchar = true, skip = 0, comment = '', delim = $separator, quote = '"', escape = '"',
  ignore_errors = false, null_padding = false`;

/** Rows that the writer keeps of every column at once, for each thread: few, so that wide files need little memory. */
const ROW_GROUP = 20_480;

/** More than any header has. */
const HEADER_BYTES = 1 << 20;

/** Makes the view `view`. Files are told apart by what stands in them. @throws UnreadableFile */
export async function openTableFile(session: Session, view: string, file: string): Promise<TableFile> {
  try {
    const start = await startOf(file);
    const typed = start.equals(PARQUET);
    const packed = start.subarray(0, GZIP.length).equals(GZIP);
    const path = typed
      ? file
      : await csvAsParquet(session, view, packed ? await unpack(session, view, file) : file);
    await session.run(`CREATE VIEW ${quoteIdentifier(view)} AS SELECT * FROM read_parquet(${literal(path)})`);
    const columns = await session.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE ${quoteIdentifier(view)}`,
    );
    return {
      file,
      typed,
      columns: columns.map(({ column_name, column_type }) => ({ name: column_name, type: column_type })),
    };
  } catch (error) {
    if (error instanceof ApplicationFailure || isAbort(error)) throw error;
    throw unreadable(file, firstLine(error));
  }
}

function unreadable(file: string, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${file} can't be read as a table: ${reason}. Give a CSV with a header (plain or gzip) or a Parquet file.`,
    'UnreadableFile',
    { file },
  );
}

/** The first four bytes. */
async function startOf(file: string): Promise<Buffer> {
  if (!(await stat(file)).isFile()) throw unreadable(file, 'it is no file');
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PARQUET.length), 0, PARQUET.length, 0);
    if (bytesRead === 0) throw unreadable(file, 'it is empty');
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Parsed once; what comes after reads the columns that it needs. */
async function csvAsParquet(session: Session, view: string, csv: string): Promise<string> {
  const parquet = join(session.scratch, `${view}.parquet`);
  const params = { csv, separator: await separatorOf(csv) };
  await refuseRepeatedNames(session, params);
  await session.run(
    `COPY (SELECT * FROM read_csv($csv, ${CSV}, header = true)) TO $parquet (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP})`,
    { ...params, parquet },
  );
  return parquet;
}

/** DuckDB would read the second `x` as `x_1`, and whoever asks for `x` would never know that there are two. */
async function refuseRepeatedNames(session: Session, params: SqlParams): Promise<void> {
  // By one thread: of several, any may be the first to have a line.
  const [header = {}] = await session.rows<Record<string, string | null>>(
    `SELECT * FROM read_csv($csv, ${CSV}, header = false, parallel = false) LIMIT 1`,
    params,
  );
  const names = Object.values(header).filter((name) => name !== null);
  const repeated = names.find((name, place) => names.indexOf(name) !== place);
  if (repeated !== undefined) throw new Error(`its header has the column ${repeated} more than once`);
}

/** Unpacked here, not by DuckDB: it takes a truncated gzip file for an empty one. */
async function unpack(session: Session, view: string, file: string): Promise<string> {
  const path = join(session.scratch, `${view}.csv`);
  await pipeline(createReadStream(file), createGunzip(), createWriteStream(path));
  if ((await stat(path)).size === 0) throw unreadable(file, 'it is empty');
  return path;
}

/** That which the header has most of; left to guess, DuckDB may skip lines that it can't make sense of. */
async function separatorOf(csv: string): Promise<string> {
  let header = '';
  for await (const chunk of createReadStream(csv, { end: HEADER_BYTES, encoding: 'utf8' })) {
    header += String(chunk);
    if (/[\r\n]/.test(header)) break;
  }
  const unquoted = (header.split(/[\r\n]/)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const occurrences = (separator: string): number => unquoted.split(separator).length;
  return SEPARATORS.toSorted((a, b) => occurrences(b) - occurrences(a))[0] ?? ',';
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
