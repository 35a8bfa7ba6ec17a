/** The partitions of a table that begin inside an interval. */
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { Lake } from '../lake/contract.ts';

export async function partitionsWithin(
  lake: Lake,
  { table, version }: TableRef,
  interval: Interval,
): Promise<string[]> {
  const { files } = await lake.snapshot(table, version);
  const starts = new Set(files.flatMap(({ partition }) => partition[INTERVAL_COLUMN] ?? []));
  const [from, to] = [Date.parse(interval.start), Date.parse(interval.end)];
  return [...starts].filter((start) => Date.parse(start) >= from && Date.parse(start) < to).toSorted();
}
