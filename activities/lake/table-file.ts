/** Any CSV or Parquet file as a view, as it came: for the commands that stand alone and know no project. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { ApplicationFailure } from '@temporalio/common';

import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session } from './contract.ts';
import { readCsvHeader } from './csv-header.ts';
import { literal } from './quote.ts';
import { foreignFormat, reasonOf, unreadableFile } from './unreadable-file.ts';

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
/** Nothing is guessed but how lines end: what is guessed wrong would be left out without a word. */
const CSV = `auto_detect = false, header = true, skip = 0, comment = '', delim = $separator, quote = '"', escape = '"',
  ignore_errors = false, null_padding = false`;

/** Rows that the writer keeps of every column at once, for each thread: few, so that wide files need little memory. */
const ROW_GROUP = 20_480;

/** Makes the view `view`. Files are told apart by what stands in them. @throws UnreadableFile */
export async function openTableFile(session: Session, view: string, file: string): Promise<TableFile> {
  try {
    const start = await startOf(file);
    const foreign = foreignFormat(start);
    if (foreign !== undefined) throw unreadableFile(file, foreign);
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
    throw unreadableFile(file, reasonOf(error));
  }
}

/** The first four bytes. */
async function startOf(file: string): Promise<Buffer> {
  const found = await stat(file);
  if (found.isDirectory()) throw unreadableFile(file, 'it is a folder');
  if (!found.isFile()) throw unreadableFile(file, 'it is no plain file; save what it gives to one');
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PARQUET.length), 0, PARQUET.length, 0);
    if (bytesRead === 0) throw unreadableFile(file, 'it is empty');
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Parsed once; what comes after reads the columns that it needs. */
async function csvAsParquet(session: Session, view: string, csv: string): Promise<string> {
  const parquet = join(session.scratch, `${view}.parquet`);
  const { separator, names } = await readCsvHeader(csv);
  const columns = names.map((_, place) => `'c${place}': 'VARCHAR'`);
  const named = names.map((name, place) => `c${place} AS ${quoteIdentifier(name)}`);
  await session.run(
    `COPY (SELECT ${named.join(', ')} FROM read_csv($csv, ${CSV}, columns = {${columns.join(', ')}}))
     TO $parquet (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP})`,
    { csv, separator, parquet },
  );
  return parquet;
}

/** Unpacked here, not by DuckDB: it takes a truncated gzip file for an empty one. */
async function unpack(session: Session, view: string, file: string): Promise<string> {
  const path = join(session.scratch, `${view}.csv`);
  await pipeline(createReadStream(file), createGunzip(), createWriteStream(path));
  if ((await stat(path)).size === 0) throw unreadableFile(file, 'it is empty');
  return path;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
