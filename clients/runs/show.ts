/** One attempt of a run: from the ledger when it is over, from the workflow itself while it is open. */
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { findAttempt, unknownAttempt } from './find.ts';
import { liveRun } from './live.ts';
import type { RunServices } from './services.ts';
import { bareRecord, unclaimedRun } from './unclaimed.ts';

export interface ShownRun {
  readonly record: RunRecord;
  readonly attempts: readonly number[];
  /** Where what is shown is not all there is: why. */
  readonly note?: string;
}

type Services = Pick<RunServices, 'ledger' | 'client'>;

/** The newest attempt by default. @throws Refusal UnknownRun, UnknownAttempt */
export async function showRun(services: Services, run: string, attempt?: number): Promise<ShownRun> {
  const attempts = await services.ledger.attempts(run);
  const wanted = attempt ?? attempts.at(-1);
  if (wanted === undefined || !attempts.includes(wanted))
    return beforeClaim(services, run, attempt, attempts);
  const found = await findAttempt(services, run, wanted);
  if (found.record !== undefined) return { record: found.record, attempts };
  const live = await liveRun(await services.client(), found);
  if (live?.record !== undefined) return { record: live.record, attempts };
  // Its last act may have come between the two questions.
  const late = await services.ledger.record(run, found.attempt);
  if (late !== undefined) return { record: late, attempts };
  const note =
    live === undefined
      ? 'Temporal knows nothing of this run; its record will say so within minutes'
      : 'no worker answers for this run, so its tasks are not known: assay workers run';
  return { record: bareRecord(run, wanted, live?.state ?? 'terminated', found.holder), attempts, note };
}

async function beforeClaim(
  services: Services,
  run: string,
  attempt: number | undefined,
  attempts: readonly number[],
): Promise<ShownRun> {
  const unclaimed = await unclaimedRun(services, run, attempts);
  if (unclaimed === undefined || unclaimed.record.attempt !== (attempt ?? 1)) {
    throw unknownAttempt(run, attempt, attempts);
  }
  return { ...unclaimed, attempts };
}
