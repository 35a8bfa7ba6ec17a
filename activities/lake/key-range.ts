/** Passes over what can't hold any of some keys, by the log's statistics: before anything is brought to this machine. */
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { DataFile, Session, Snapshot } from './contract.ts';

export interface KeyRange {
  readonly column: string;
  readonly min: unknown;
  readonly max: unknown;
}

/** From the smallest to the largest key of a view; `undefined` where it has none. */
export async function keyRange(
  session: Session,
  view: string,
  column: string,
): Promise<KeyRange | undefined> {
  const key = quoteIdentifier(column);
  const [found] = await session.rows<{ min: unknown; max: unknown }>(
    `SELECT min(${key}) AS min, max(${key}) AS max FROM ${quoteIdentifier(view)}`,
  );
  if (found === undefined || found.min === null) return undefined;
  return { column, min: found.min, max: found.max };
}

/**
 * Intervals of which some file may hold a key of the range. Whole intervals, for they are replaced as a whole: to know
 * that one of their files has none of the keys is not to know its rows.
 */
export function intervalsThatMayHold({ files }: Snapshot, range: KeyRange): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of files) {
    const id = file.partition[INTERVAL_COLUMN];
    if (typeof id === 'string' && mayHold(file, range)) found.add(id);
  }
  return found;
}

/** True wherever the statistics are silent, or of another type. */
function mayHold({ min, max }: DataFile, range: KeyRange): boolean {
  const isBelow = compare(max[range.column], range.min) === 'less';
  const isAbove = compare(range.max, min[range.column]) === 'less';
  return !isBelow && !isAbove;
}

/** Texts by their bytes, as Delta's writers and DuckDB order them. */
function compare(one: unknown, other: unknown): 'less' | 'not less' | 'unknown' {
  if (typeof one === 'number' && typeof other === 'number') return one < other ? 'less' : 'not less';
  if (typeof one !== 'string' || typeof other !== 'string') return 'unknown';
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0 ? 'less' : 'not less';
}
