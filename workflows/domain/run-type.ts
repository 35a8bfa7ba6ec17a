/** What kind of run it is, from who or what started it: what lists are filtered by. */

export type RunType = 'manual' | 'scheduled' | 'backfill' | 'asset' | 'rerun';

/** The first word of `startedBy`, for those that are no people. */
const STARTERS: Readonly<Record<string, RunType>> = {
  schedule: 'scheduled',
  backfill: 'backfill',
  assets: 'asset',
};

/** A later attempt is a rerun, unless it is a backfill that reprocesses. */
export function runTypeOf(startedBy: string, attempt: number): RunType {
  const type = STARTERS[startedBy.split(' ', 1)[0] ?? ''] ?? 'manual';
  return attempt > 1 && type !== 'backfill' ? 'rerun' : type;
}
