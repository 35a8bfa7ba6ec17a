/** How a run ended, and how it says so. */
import { isCancellation } from '@temporalio/workflow';
import type { RecordedError } from '../domain/run-record.ts';
import { causesOf, RUN_FAILED } from './failures.ts';
import { CANCELLED } from './outcomes.ts';
import { Skipped } from './references.ts';
import type { Ending } from './run.ts';
import type { Scheduler } from './scheduler.ts';
import type { Returned } from './work.ts';

/** The function's own failure stands in the list under this name. */
const FUNCTION = '(the function)';

/** @param stopped why the run was ended before it was done, where it was */
export function endingOf(
  scheduler: Scheduler,
  returned: Returned,
  stopped: RecordedError | undefined,
): Ending {
  const cancelled = stopped !== undefined;
  const failed = scheduler.failures().map(({ label, progress }) => ({
    task: label,
    error: progress.error ?? { type: 'Error', message: 'unknown' },
  }));
  const own = ownError(scheduler, returned, { named: failed.length > 0, cancelled });
  const all = own === undefined ? failed : [...failed, { task: FUNCTION, error: own }];
  const held = scheduler.tasks.some(({ progress }) => progress.state === 'upstream_failed');
  if (cancelled && (all.length > 0 || held || 'error' in returned)) {
    if (stopped.type === CANCELLED.type) return { state: 'cancelled', failed };
    return { state: 'failed', failed, ended: stopped };
  }
  return { state: all.length > 0 ? 'failed' : 'success', failed: all };
}

export function runFailed(run: string, { failed, ended }: Ending, tasks: number): RecordedError {
  if (ended !== undefined) return { ...ended, message: `${run}: ${ended.message}`, details: { run, failed } };
  const causes = failed.map(({ task, error }) => `${task} (${error.type}: ${error.message})`).join('; ');
  const message = `${failed.length} of ${tasks} tasks of ${run} failed: ${causes}`;
  return { type: RUN_FAILED, message, details: { run, failed } };
}

/** What the function threw by itself: neither a skip nor the failure of a task that is named anyhow. */
function ownError(
  scheduler: Scheduler,
  returned: Returned,
  { named, cancelled }: { named: boolean; cancelled: boolean },
): RecordedError | undefined {
  if (!('error' in returned)) return undefined;
  const { error } = returned;
  if (error instanceof Skipped || (cancelled && isCancellation(error))) return undefined;
  if (named && scheduler.tasks.some(({ thrown }) => thrown === error)) return undefined;
  const { type, message } = causesOf(error).at(-1) ?? { type: 'Error', message: String(error) };
  return { type, message };
}
