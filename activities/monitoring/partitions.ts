/** The partitions of tables that begin inside an interval, or in a window that rolls with it. */
import { ApplicationFailure } from '@temporalio/common';
import type { Interval } from '../../workflows/domain/interval.ts';
import { INTERVAL_COLUMN } from '../../workflows/domain/project.ts';
import type { TableRef } from '../../workflows/domain/reference.ts';
import type { Lake } from '../lake/contract.ts';

/** Before all that there is. */
export const EARLIEST = '0001-01-01T00:00:00Z';

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

/** Starts of the partitions that are monitored together, in time order. */
export interface MonitoredWindow {
  readonly features: readonly string[];
  readonly predictions: readonly string[];
}

interface MonitoredTables {
  readonly features: TableRef;
  readonly predictions: TableRef;
}

/**
 * The interval and those before it that were scored as well, `size` altogether.
 * @throws NothingToMonitor where one of the tables has nothing of the interval itself
 */
export async function rollingWindow(
  lake: Lake,
  { features, predictions }: MonitoredTables,
  interval: Interval,
  size: number,
): Promise<MonitoredWindow> {
  const own = await ownPartitions(lake, features, interval);
  const scored = await ownPartitions(lake, predictions, interval);
  const before = { start: EARLIEST, end: interval.start };
  const known = new Set(size > 1 ? await partitionsWithin(lake, features, before) : []);
  const earlier = (size > 1 ? await partitionsWithin(lake, predictions, before) : [])
    .filter((start) => known.has(start))
    .toReversed()
    .slice(0, (size - 1) * scored.length)
    .toReversed();
  return { features: [...earlier, ...own], predictions: [...earlier, ...scored] };
}

async function ownPartitions(lake: Lake, ref: TableRef, interval: Interval): Promise<string[]> {
  const within = await partitionsWithin(lake, ref, interval);
  if (within.length > 0) return within;
  const { start, end } = interval;
  throw ApplicationFailure.nonRetryable(
    `${ref.table} has no rows from ${start} to ${end} at version ${ref.version}. Score that interval first.`,
    'NothingToMonitor',
    { table: ref.table, interval },
  );
}
