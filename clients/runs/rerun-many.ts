/** The next attempt of many runs at once: those that a filter finds and that are over. */
import type { RunFilter, RunSummary } from '../../activities/ledger/contract.ts';
import type { Rerun } from '../../workflows/domain/run-input.ts';
import { Refusal } from '../refusal.ts';
import { newestAttempts } from './grid.ts';
import { rerunRun, type RerunOptions } from './rerun.ts';
import type { RunServices } from './services.ts';

export interface RerunOutcome {
  readonly run: string;
  readonly attempt: number;
  /** Why it was not started. */
  readonly refused?: string;
}

/** Their newest attempts, the oldest run first: the order in which they are started. */
export async function runsToRerun(
  services: Pick<RunServices, 'ledger' | 'pipelines'>,
  { state, ...filter }: RunFilter,
  rerun: Rerun,
  most: number,
): Promise<RunSummary[]> {
  const rows: RunSummary[] = [];
  for (const row of await newestAttempts(services, filter, most)) {
    // The filter may be about a time before the newest attempt: that one counts.
    if ((await services.ledger.attempts(row.run)).at(-1) === row.attempt) rows.push(row);
  }
  const fits = (row: RunSummary): boolean => {
    if (row.state === 'running' || row.state === 'queued') return false;
    if (state !== undefined) return row.state === state;
    return 'from' in rerun || row.state !== 'success';
  };
  return rows.filter(fits).toReversed();
}

/** One after another; one that is refused does not keep the others from being started. */
export async function* rerunMany(
  services: RunServices,
  runs: readonly RunSummary[],
  rerun: Rerun,
  options: RerunOptions = {},
): AsyncGenerator<RerunOutcome> {
  for (const { run, attempt } of runs) {
    try {
      yield await rerunRun(services, run, rerun, options);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield { run, attempt, refused: error.message };
    }
  }
}
