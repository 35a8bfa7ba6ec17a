/** Intervals as the partitions of a project's tables. */
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { Lake, Snapshot } from './contract.ts';

/** The partition's value: the interval's start to the second, however it was written. */
export function intervalId({ start }: Pick<Interval, 'start'>): string {
  return `${new Date(start).toISOString().slice(0, 19)}Z`;
}

/** Rows of an interval at that version, from the log alone. */
export async function partitionRows(lake: Lake, ref: TableRef, interval: Interval): Promise<number> {
  const id = intervalId(interval);
  const { files } = await lake.snapshot(ref.table, ref.version);
  return files
    .filter(({ partition }) => partition[INTERVAL_COLUMN] === id)
    .reduce((total, { rows }) => total + rows, 0);
}

/** The intervals that a table has rows of, in the order of time. */
export function intervalsOf({ files }: Snapshot): string[] {
  const found = new Set<string>();
  for (const { partition } of files) {
    const id = partition[INTERVAL_COLUMN];
    if (typeof id === 'string') found.add(id);
  }
  return [...found].toSorted();
}
