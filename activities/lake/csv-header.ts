/** The header of a CSV file, read by hand: what a reader guesses or renames, nobody could tell from what stands there. */
import { createReadStream } from 'node:fs';

export interface CsvHeader {
  readonly separator: string;
  /** Trimmed; a column without a name is called `column` and its place, from 0. */
  readonly names: readonly string[];
}

const SEPARATORS = [',', ';', '\t', '|'];

/** More than any header has. */
const HEADER_BYTES = 1 << 20;

/** @throws Error whose message says what is wrong with the header */
export async function readCsvHeader(csv: string): Promise<CsvHeader> {
  const record = await firstRecord(csv);
  if (record.trim() === '') throw new Error('its first line is blank, where the header should be');
  const separator = separatorOf(record);
  const names = fieldsOf(record, separator).map((name, place) => name || `column${place}`);
  const folded = names.map((name) => name.toLowerCase());
  const place = folded.findIndex((name, at) => folded.indexOf(name) !== at);
  if (place < 0) return { separator, names };
  const [first, again] = [names[folded.indexOf(folded[place] ?? '')], names[place]];
  throw new Error(
    first === again
      ? `its header has the column ${again} more than once`
      : `its header has the columns ${first} and ${again}, which differ in nothing but case`,
  );
}

/** Up to the first end of a line that stands in no quotes. */
async function firstRecord(csv: string): Promise<string> {
  let text = '';
  for await (const chunk of createReadStream(csv, { end: HEADER_BYTES, encoding: 'utf8' })) {
    text += String(chunk);
    const end = unquoted(text).search(/[\r\n]/);
    if (end >= 0) return withoutMark(text.slice(0, end));
  }
  return withoutMark(text);
}

/** As long as `text`; what stands in quotes is blanked out. */
function unquoted(text: string): string {
  return text.replaceAll(/"[^"]*("|$)/g, (quoted) => ' '.repeat(quoted.length));
}

/** Windows begins files in UTF-8 with a mark of the order of bytes. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/** That which the header has most of. */
function separatorOf(record: string): string {
  const outside = unquoted(record);
  const occurrences = (separator: string): number => outside.split(separator).length;
  return SEPARATORS.toSorted((a, b) => occurrences(b) - occurrences(a))[0] ?? ',';
}

function fieldsOf(record: string, separator: string): string[] {
  const outside = unquoted(record);
  const fields: string[] = [];
  for (let start = 0; start <= record.length;) {
    const end = outside.indexOf(separator, start);
    const field = record.slice(start, end < 0 ? undefined : end).trim();
    fields.push(/^".*"$/s.test(field) ? field.slice(1, -1).replaceAll('""', '"').trim() : field);
    if (end < 0) break;
    start = end + 1;
  }
  return fields;
}
