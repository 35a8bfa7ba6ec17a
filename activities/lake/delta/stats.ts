/** Statistics of data files: from DuckDB's `RETURN_STATS` into the log, and from the log to readers. */
import { z } from 'zod';
import type { Column, DataFile } from '../contract.ts';
import type { Add } from './actions.ts';

/** Longer texts than this would fill the log, and a cut maximum is no longer a maximum. */
const MAX_TEXT = 64;

/** As `RETURN_STATS` gives them: texts by statistic, for each column by its quoted name. */
export type CopyStatistics = Readonly<Record<string, Readonly<Record<string, string>>>>;

const Stats = z.object({
  numRecords: z.number().optional(),
  minValues: z.record(z.string(), z.unknown()).optional(),
  maxValues: z.record(z.string(), z.unknown()).optional(),
  nullCount: z.record(z.string(), z.unknown()).optional(),
});

/** The `stats` member of an `add`. Bounds that JSON can't hold exactly are left out, which only costs pruning. */
export function writeStats(rows: number, columns: readonly Column[], statistics: CopyStatistics): string {
  const minValues: Record<string, unknown> = {};
  const maxValues: Record<string, unknown> = {};
  const nullCount: Record<string, number> = {};
  for (const column of columns) {
    const found = statistics[`"${column.name.replaceAll('"', '""')}"`];
    if (found === undefined) continue;
    nullCount[column.name] = Number(found['null_count'] ?? 0);
    const min = bound(column.type, found['min']);
    const max = bound(column.type, found['max']);
    if (min === undefined || max === undefined || found['has_nan'] === 'true') continue;
    minValues[column.name] = min;
    maxValues[column.name] = max;
  }
  return JSON.stringify({ numRecords: rows, minValues, maxValues, nullCount });
}

/** `rows` is missing where the writer of the file left no statistics. */
export function readStats({ stats }: Add): Partial<Pick<DataFile, 'rows' | 'min' | 'max' | 'nullCount'>> {
  if (!stats) return {};
  const { numRecords, minValues = {}, maxValues = {}, nullCount = {} } = Stats.parse(JSON.parse(stats));
  const counts = Object.entries(nullCount).filter((entry): entry is [string, number] => {
    return typeof entry[1] === 'number';
  });
  return {
    ...(numRecords !== undefined && { rows: numRecords }),
    min: minValues,
    max: maxValues,
    nullCount: Object.fromEntries(counts),
  };
}

function bound(type: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  switch (type) {
    case 'string':
      return text.length <= MAX_TEXT ? text : undefined;
    case 'date':
      return text;
    case 'timestamp':
      // `2020-01-01 00:00:00.5+00`, in sessions whose zone is UTC.
      return `${text.replace(' ', 'T').replace(/\+00$/, '')}Z`;
    case 'long':
    case 'integer':
    case 'short':
    case 'byte':
      return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'double':
    case 'float':
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    default:
      return undefined;
  }
}
