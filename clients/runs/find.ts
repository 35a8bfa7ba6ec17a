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
  const holder = attempt === undefined ? undefined : await ledger.holder(run, attempt);
  if (attempt === undefined || holder === undefined) throw unknownAttempt(run, wanted, attempts);
  return { run, attempt, attempts, holder, record: await ledger.record(run, attempt) };
}

export function unknownAttempt(
  run: string,
  wanted: number | undefined,
  attempts: readonly number[],
): Refusal {
  if (attempts.length > 0) {
    const message = `${run} has no attempt ${wanted}; it has ${attempts.join(', ')}`;
    return new Refusal('UnknownAttempt', message, { next: `assay runs show ${run}` });
  }
  const pipeline = parseRunId(run)?.pipeline;
  return pipeline === undefined
    ? new Refusal('UnknownRun', `no run is called ${run}: a run is called <pipeline>[.<key>]-<fire time>`, {
        next: 'assay runs list',
      })
    : new Refusal('UnknownRun', `no run is called ${run}: the ledger has never heard of it`, {
        next: `assay runs list --pipeline ${pipeline}`,
      });
}
