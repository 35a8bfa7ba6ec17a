/** The timeout of a run: when it is over, what runs is cancelled, and the run ends as failed. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { formatDuration, milliseconds, type Duration } from '../domain/duration.ts';
import type { RecordedError } from '../domain/run-record.ts';
import { workflowNow } from './determinism.ts';
import { RUN_TIMEOUT } from './failures.ts';
import { CANCELLED } from './outcomes.ts';

export interface RunLimit {
  /** Runs the work so that it can be ended. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Why the work was ended, if it was. */
  reason(): RecordedError;
}

export const NO_LIMIT: RunLimit = { run: (work) => work(), reason: () => CANCELLED };

/** @param startedAt of the attempt: what it has used up in earlier histories counts */
export function limitRun(timeout: Duration, startedAt: string): RunLimit {
  const allowed = milliseconds(timeout);
  const scope = new CancellationScope();
  const left = Math.max(0, Date.parse(startedAt) + allowed - workflowNow());
  let reason = CANCELLED;
  sleep(left, { summary: 'timeout of the run' }).then(
    () => {
      if (scope.consideredCancelled) return;
      const message = `the run took longer than its timeout of ${formatDuration(allowed)}`;
      reason = { type: RUN_TIMEOUT, message };
      scope.cancel();
    },
    (error: unknown) => {
      if (!isCancellation(error)) throw error;
    },
  );
  return { run: (work) => scope.run(work), reason: () => reason };
}
