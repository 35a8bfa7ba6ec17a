/** Any CSV (plain or gzip) or Parquet file as something to select from, its columns by the names that stand in it. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ApplicationFailure } from '@temporalio/common';
import { attempt } from '../attempt.ts';
import type { Session, SqlParams } from '../lake/contract.ts';

export interface TableFile {
  /** As people name the file. */
  readonly name: string;
  readonly columns: readonly FileColumn[];
  /** A table function, and what it binds. */
  readonly source: string;
  readonly params: SqlParams;
}

export interface FileColumn {
  /** As the file has it; a name may stand there twice. */
  readonly name: string;
  /** As `source` has it. */
  readonly alias: string;
  /** DuckDB's; every column of a CSV file is VARCHAR. */
  readonly type: string;
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const PARQUET = Buffer.from('PAR1');
const DELIMITERS = [',', ';', '\t', '|'];

/** Nothing is guessed but the line's end: what is guessed wrong would be left out without a word. */
const CSV = `all_varchar = true, delim = $delimiter, quote = '"', escape = '"', skip = 0, comment = ''`;

/** A header can't be longer. */
const HEADER_BYTES = 1 << 20;

/** Told apart by content, not by name. @throws UnreadableFile */
export async function openTableFile(session: Session, name: string): Promise<TableFile> {
  try {
    const magic = await leading(name, PARQUET.length);
    if (magic.length === 0) throw unreadableTable(name, 'it is empty');
    // In the file's order, so that a row can be named by its number.
    await session.run('SET preserve_insertion_order = true');
    if (magic.equals(PARQUET)) return await openParquet(session, name);
    const isPacked = magic.subarray(0, GZIP.length).equals(GZIP);
    return await openCsv(session, name, isPacked ? await unpack(session, name) : name);
  } catch (error) {
    attempt().signal.throwIfAborted();
    throw unreadableTable(name, error);
  }
}

/** A failure that already says so is left as it is. */
export function unreadableTable(name: string, cause: unknown): unknown {
  if (cause instanceof ApplicationFailure) return cause;
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n', 2).join(' ');
  return ApplicationFailure.nonRetryable(
    `${name} can't be read: ${reason}. Give a CSV file with a header (plain or gzip) or a Parquet file.`,
    'UnreadableFile',
    { file: name, reason },
  );
}

async function openParquet(session: Session, name: string): Promise<TableFile> {
  const [source, params] = ['read_parquet($file)', { file: name }];
  const columns = (await describe(session, source, params)).map((column) => ({
    ...column,
    name: column.alias,
  }));
  return { name, columns, source, params };
}

/** DuckDB gives a name that stands twice another one; the header's own names are its first record. */
async function openCsv(session: Session, name: string, file: string): Promise<TableFile> {
  const header = (await leading(file, HEADER_BYTES)).toString().split(/[\r\n]/, 1)[0] ?? '';
  const params = { file, delimiter: delimiterOf(header) };
  const source = `read_csv($file, ${CSV}, header = true)`;
  const described = await describe(session, source, params);
  const [names = {}] = await session.rows<Record<string, string | null>>(
    `SELECT * FROM read_csv($file, ${CSV}, header = false) LIMIT 1`,
    params,
  );
  const titles = Object.values(names);
  const columns = described.map((column, place) => ({ ...column, name: titles[place] ?? column.alias }));
  return { name, columns, source, params };
}

async function describe(
  session: Session,
  source: string,
  params: SqlParams,
): Promise<{ alias: string; type: string }[]> {
  const rows = await session.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${source}`,
    params,
  );
  return rows.map(({ column_name: alias, column_type: type }) => ({ alias, type }));
}

/** The one that the header has most of, outside of quotes. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string): number => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

async function leading(file: string, bytes: number): Promise<Buffer> {
  if (!(await stat(file)).isFile()) throw new Error('it is no file');
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: bytes - 1 })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Unpacked here, not by DuckDB: it takes a truncated gzip file for an empty one. */
async function unpack(session: Session, file: string): Promise<string> {
  const path = join(session.scratch, 'unpacked.csv');
  const { signal } = attempt();
  await pipeline(createReadStream(file), createGunzip(), createWriteStream(path), { signal });
  return path;
}
