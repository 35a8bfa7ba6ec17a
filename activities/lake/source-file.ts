/** Makes a landed file ready for DuckDB: unpacked, its header checked, lines with an open quote taken out. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { ApplicationFailure } from '@temporalio/common';

import { attempt } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { LandedFile, Session } from './contract.ts';

export interface SourceFile extends LandedFile {
  readonly format: 'csv' | 'parquet';
  /** What DuckDB is to read. */
  readonly path: string;
  /** Lines that DuckDB must not see, numbered from 1 for the header. */
  readonly rejected: readonly RejectedLine[];
}

interface RejectedLine {
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
}

const QUOTE = 0x22;

/** A header can't be longer; a file without a line break in so many bytes is no CSV of ours. */
const HEADER_BYTES = 1 << 20;

/** @throws UnreadableFile */
export async function openSource(
  session: Session,
  store: ObjectStore,
  file: LandedFile,
  columns: readonly string[],
): Promise<SourceFile> {
  const staged = await store.stage(file.key);
  if (/\.parquet$/i.test(file.key)) {
    await checkParquet(session, file, staged, columns);
    return { ...file, format: 'parquet', path: staged, rejected: [] };
  }
  const { path, quotes } = await unpack(session, file, staged);
  checkNames(file, headerNames(await firstLine(path)), columns);
  if (!quotes) return { ...file, format: 'csv', path, rejected: [] };
  return { ...file, format: 'csv', ...(await takeOpenQuotesOut(session, file, path)) };
}

export function unreadableFile(file: LandedFile, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${file.key} can't be read: ${reason}. Nothing of it was taken in. Deliver it again, whole and in the project's format.`,
    'UnreadableFile',
    { key: file.key, reason },
  );
}

/** Unpacked here, not by DuckDB: it takes a truncated gzip file for an empty one. */
async function unpack(
  session: Session,
  file: LandedFile,
  staged: string,
): Promise<{ path: string; quotes: boolean }> {
  const { signal } = attempt();
  const scan = new QuoteScan();
  if (!/\.gz$/i.test(file.key)) {
    await pipeline(createReadStream(staged, { highWaterMark: 1 << 20 }), scan, drain, { signal });
    return { path: staged, quotes: scan.found };
  }
  const path = join(session.scratch, `${file.digest}.csv`);
  try {
    await pipeline(createReadStream(staged), createGunzip(), scan, createWriteStream(path), { signal });
  } catch (error) {
    if (!isGzipError(error)) throw error;
    throw unreadableFile(file, `it is no whole gzip file (${error.message})`);
  }
  return { path, quotes: scan.found };
}

function isGzipError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

/** Lets bytes through and notes whether a quote was among them. */
class QuoteScan extends Transform {
  found = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.found ||= chunk.includes(QUOTE);
    done(null, chunk);
  }
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of source) void chunk;
}

async function firstLine(path: string): Promise<string> {
  let text = '';
  for await (const chunk of createReadStream(path, { end: HEADER_BYTES, encoding: 'utf8' })) {
    text += String(chunk);
    const end = text.search(/[\r\n]/);
    if (end >= 0) return text.slice(0, end);
  }
  return text;
}

function headerNames(line: string): string[] {
  return line
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

function checkNames(file: LandedFile, found: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !found.includes(name));
  const strange = found.filter((name) => !wanted.includes(name));
  const problems = [
    ...(missing.length > 0 ? [`columns are missing: ${missing.join(', ')}`] : []),
    ...(strange.length > 0
      ? [`columns are unknown: ${strange.map((name) => JSON.stringify(name)).join(', ')}`]
      : []),
  ];
  if (problems.length === 0 && wanted.some((name, index) => found[index] !== name)) {
    problems.push(`columns are not in the order ${wanted.join(', ')}`);
  }
  if (problems.length > 0) throw unreadableFile(file, `its header is wrong: ${problems.join('; ')}`);
}

async function checkParquet(
  session: Session,
  file: LandedFile,
  path: string,
  columns: readonly string[],
): Promise<void> {
  const described = await session
    .rows<{ column_name: string }>('DESCRIBE SELECT * FROM read_parquet($path)', { path })
    .catch((error: unknown) => {
      attempt().signal.throwIfAborted();
      throw unreadableFile(
        file,
        `it is no Parquet file (${error instanceof Error ? error.message : String(error)})`,
      );
    });
  checkNames(
    file,
    described.map(({ column_name }) => column_name),
    columns,
  );
}

/**
 * A record is a line. DuckDB would take all that follows an open quote, to the file's end, for one value,
 * so a line with an odd number of quotes is emptied, which keeps the numbers of the others.
 */
async function takeOpenQuotesOut(
  session: Session,
  file: LandedFile,
  source: string,
): Promise<Pick<SourceFile, 'path' | 'rejected'>> {
  const rejected: RejectedLine[] = [];
  const path = join(session.scratch, `${file.digest}.closed.csv`);
  const lines = createInterface({ input: createReadStream(source), crlfDelay: Number.POSITIVE_INFINITY });
  async function* closed(): AsyncGenerator<string> {
    let line = 0;
    for await (const raw of lines) {
      line += 1;
      if (raw.split('"').length % 2 === 1) yield `${raw}\n`;
      else {
        rejected.push({ line, reason: 'a quote is not closed', raw });
        yield '\n';
      }
    }
  }
  await pipeline(closed, createWriteStream(path), { signal: attempt().signal });
  return { path, rejected };
}
