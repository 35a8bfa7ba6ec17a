/** Why a file that was handed in is no table, in words of the file and not of its reader's settings. */
import { ApplicationFailure } from '@temporalio/common';

export function unreadableFile(file: string, reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${file} can't be read as a table: ${reason}. Give a CSV with a header (plain or gzip) or a Parquet file.`,
    'UnreadableFile',
    { file },
  );
}

/** What begins like this is something else, however it is called. */
const FOREIGN: readonly (readonly [begin: readonly number[], is: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'it is a ZIP archive, as Excel workbooks are'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'it is an old Excel workbook'],
  [[0xff, 0xfe], 'it is in UTF-16; save it as UTF-8'],
  [[0xfe, 0xff], 'it is in UTF-16; save it as UTF-8'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'it is packed with zstd; unpack it, or pack it with gzip'],
  [[0x42, 0x5a, 0x68], 'it is packed with bzip2; unpack it, or pack it with gzip'],
  [[0xfd, 0x37, 0x7a, 0x58], 'it is packed with xz; unpack it, or pack it with gzip'],
];

/** @param start its first four bytes */
export function foreignFormat(start: Uint8Array): string | undefined {
  return FOREIGN.find(([begin]) => begin.every((byte, place) => start[place] === byte))?.[1];
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  Z_BUF_ERROR: 'it ends in the middle of its gzip data, so it was not copied whole',
  Z_DATA_ERROR: 'its gzip data are damaged',
};

/** Lines are named by their number alone: what stands in them may be about somebody. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return SYSTEM[code] ?? csvReason(message) ?? parquetReason(message) ?? firstLine(message);
}

/** DuckDB says more, in many lines: the row itself, and what of its own settings may be changed. */
function csvReason(message: string): string | undefined {
  if (message.includes('The CSV Parser state machine reached an invalid state')) {
    return 'a quote stands alone in it, or its lines do not all end in the same way';
  }
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (line === undefined) return undefined;
  if (/not utf-8 encoded/i.test(message)) return `line ${line} is not in UTF-8; save it as UTF-8`;
  if (/unterminated quote/i.test(message)) return `a quote that opens in line ${line} is never closed`;
  const [, expected, found] = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message) ?? [];
  if (expected === undefined) return `line ${line} is no CSV`;
  // It stops counting at one too many.
  const fields = Number(found) > Number(expected) ? `more than ${expected} fields` : counted(Number(found));
  return `line ${line} has ${fields} where the header has ${expected}`;
}

function counted(fields: number): string {
  return fields === 1 ? '1 field' : `${fields} fields`;
}

function parquetReason(message: string): string | undefined {
  if (!/No magic bytes found at end of file/.test(message)) return undefined;
  return 'it begins as a Parquet file and does not end as one, so it was not copied whole';
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/^\w+ (Input )?Error: /, '').replace(/\.+$/, '');
}
