/** What a backfill does about one interval, from what the ledger knows of its run. */
import { unknownTasks } from '../memo.ts';
import type { Rerun } from '../run-input.ts';
import type { RunState, TaskRecord } from '../run-record.ts';
import type { BackfillPlan } from './plan.ts';

export type Standing =
  | { readonly kind: 'missing' }
  | { readonly kind: 'open'; readonly attempt: number }
  | {
      readonly kind: 'ended';
      readonly attempt: number;
      readonly state: Exclude<RunState, 'running'>;
      /** Of the newest attempt. */
      readonly tasks: readonly TaskRecord[];
    };

/** Why nothing is done: it need not be, somebody is at it, or the tasks asked for are none of the run's. */
export type LeftOut = 'done' | 'open' | 'unknownTasks';

export type Choice =
  | { readonly kind: 'run'; readonly attempt: number; readonly rerun?: Rerun }
  | { readonly kind: 'leave'; readonly why: LeftOut };

export function choose(
  { reprocess, tasks }: Pick<BackfillPlan, 'reprocess' | 'tasks'>,
  standing: Standing,
): Choice {
  if (standing.kind === 'missing') return { kind: 'run', attempt: 1 };
  if (standing.kind === 'open') return { kind: 'leave', why: 'open' };
  const stands = reprocess === 'missing' || (reprocess === 'failed' && standing.state === 'success');
  if (stands) return { kind: 'leave', why: 'done' };
  const attempt = standing.attempt + 1;
  if (tasks !== undefined) {
    const rerun = { from: tasks };
    const isKnown = unknownTasks(standing.tasks, rerun).length === 0;
    return isKnown ? { kind: 'run', attempt, rerun } : { kind: 'leave', why: 'unknownTasks' };
  }
  return reprocess === 'failed'
    ? { kind: 'run', attempt, rerun: { onlyFailed: true } }
    : { kind: 'run', attempt };
}
