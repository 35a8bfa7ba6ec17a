/** One attempt of a run: from the ledger when it is over, from the workflow itself while it is open. */
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { findAttempt } from './find.ts';
import type { FoundAttempt } from './find.ts';
import { liveRun } from './live.ts';
import type { RunServices } from './services.ts';

export interface ShownRun {
  readonly record: RunRecord;
  readonly attempts: readonly number[];
  /** Where what is shown is not all there is: why. */
  readonly note?: string;
}

/** @throws Refusal UnknownRun, UnknownAttempt */
export async function showRun(
  services: Pick<RunServices, 'ledger' | 'client'>,
  run: string,
  attempt?: number,
): Promise<ShownRun> {
  const found = await findAttempt(services, run, attempt);
  const { attempts } = found;
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
  return { record: unanswered(found, live?.state ?? 'terminated'), attempts, note };
}

function unanswered(found: FoundAttempt, state: RunRecord['state']): RunRecord {
  const { pipeline, key, fireTime } = parseRunId(found.run) ?? { pipeline: found.run, fireTime: '' };
  return {
    run: found.run,
    pipeline,
    ...(key === undefined ? {} : { key }),
    attempt: found.attempt,
    state,
    interval: { start: fireTime, end: fireTime },
    params: null,
    startedBy: 'unknown',
    codeVersion: 'unknown',
    workflowId: found.holder.workflowId,
    workflowRunId: found.holder.firstRunId,
    startedAt: fireTime,
    clock: fireTime,
    tasks: [],
  };
}
