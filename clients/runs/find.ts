/** Finds an attempt by the ID that a person gave. */
import type { RunHolder } from '../../activities/ledger/contract.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import type { RunServices } from './services.ts';

export interface FoundAttempt {
  readonly run: string;
  readonly attempt: number;
  readonly attempts: readonly number[];
  readonly holder: RunHolder;
  /** Absent while the attempt is open, and until one that was cut off has been swept. */
  readonly record: RunRecord | undefined;
}

/** The newest attempt by default. @throws Refusal UnknownRun, UnknownAttempt */
export async function findAttempt(
  { ledger }: Pick<RunServices, 'ledger'>,
  run: string,
  wanted?: number,
): Promise<FoundAttempt> {
  const attempts = await ledger.attempts(run);
  const attempt = wanted ?? attempts.at(-1);
  if (attempt === undefined) throw unknownRun(run);
  const holder = await ledger.holder(run, attempt);
  if (holder === undefined) {
    const message = `${run} has no attempt ${attempt}; it has ${attempts.join(', ')}`;
    throw new Refusal('UnknownAttempt', message, { next: `assay runs show ${run}` });
  }
  return { run, attempt, attempts, holder, record: await ledger.record(run, attempt) };
}

function unknownRun(run: string): Refusal {
  const pipeline = parseRunId(run)?.pipeline;
  const why =
    pipeline === undefined
      ? ': a run is called <pipeline>[.<key>]-<fire time>'
      : '; the ledger has no such run';
  return new Refusal('UnknownRun', `no run is called ${run}${why}`, {
    next: pipeline === undefined ? 'assay runs list' : `assay runs list --pipeline ${pipeline}`,
  });
}
