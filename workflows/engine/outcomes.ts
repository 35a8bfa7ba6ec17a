/** What has become of a task, and why, in the words that people and other tasks get to read. */
import type { Cause } from '../domain/retry.ts';
import type { RecordedError } from '../domain/run-record.ts';
import { hasEnded } from '../domain/trigger-rules.ts';
import type { Outcome } from './references.ts';
import type { Task } from './task.ts';

export const CANCELLED: RecordedError = { type: 'Cancelled', message: 'the run was cancelled' };

/** `undefined` where the value must first be fetched from the ledger. */
export function outcomeNow(task: Task): Outcome<unknown> | undefined {
  const { state, error, reason, stored, result } = task.progress;
  if (!hasEnded(state)) return { state: 'pending' };
  if (state === 'success') return stored === undefined ? { state, value: result } : undefined;
  if (state === 'skipped') return reason === undefined ? { state } : { state, reason };
  return { state: state === 'failed' ? state : 'upstream_failed', error: error ?? upstreamFailed(task) };
}

export function innermost(causes: readonly Cause[]): RecordedError {
  const { type, message, details } = causes.at(-1) ?? { type: 'Error', message: 'unknown' };
  return details === undefined ? { type, message } : { type, message, details };
}

/** Why a trigger rule let a task not run. */
export function because(
  { spec }: Task,
  verdict: 'skipped' | 'upstream_failed',
): Pick<Task['progress'], 'reason' | 'final' | 'exhausted'> {
  const culprits = spec.upstream
    .filter(({ progress: { state } }) =>
      verdict === 'skipped' ? state === 'skipped' : state === 'failed' || state === 'upstream_failed',
    )
    .map(({ label }) => label);
  const word = verdict === 'skipped' ? 'skipped' : 'failed';
  const reason = culprits.length === 0 ? `by rule ${spec.when}` : `${culprits.join(', ')} ${word}`;
  if (verdict === 'skipped') return { reason };
  const [isFinal, isExhausted] = (['final', 'exhausted'] as const).map((mark) =>
    spec.upstream.some(({ progress }) => progress[mark] === true),
  );
  return { reason, ...(isFinal && { final: true }), ...(isExhausted && { exhausted: true }) };
}

export function upstreamFailed({ label, progress }: Task): RecordedError {
  return { type: 'UpstreamFailed', message: `${label} did not run: ${progress.reason ?? 'upstream failed'}` };
}

export function duplicateName(label: string): RecordedError {
  return {
    type: 'DuplicateTask',
    message: `there are two tasks named ${label}: names are what results are kept under, so give each its own`,
  };
}
