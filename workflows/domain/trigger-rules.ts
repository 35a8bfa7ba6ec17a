/**
 * Airflow's trigger rules: what becomes of a task, given the states of those it comes after. The verdict never
 * depends on the order in which they ended: a failure speaks at once, a skip only when all have ended.
 */
import type { TaskState } from './run-record.ts';

export type TriggerRule =
  | 'all_success'
  | 'all_done'
  | 'all_failed'
  | 'one_success'
  | 'one_failed'
  | 'none_failed'
  | 'none_failed_min_one_success'
  | 'none_skipped'
  | 'always';

export type Verdict = 'wait' | 'run' | 'skipped' | 'upstream_failed';

/** A task that has ended, in whatever way. */
export type EndState = Extract<TaskState, 'success' | 'failed' | 'upstream_failed' | 'skipped' | 'removed'>;

interface Tally {
  readonly total: number;
  readonly success: number;
  /** Failed themselves or through what they came after. */
  readonly failed: number;
  readonly skipped: number;
  readonly done: boolean;
}

export function judge(rule: TriggerRule, upstream: readonly TaskState[]): Verdict {
  if (upstream.length === 0) return 'run';
  return RULES[rule](tally(upstream));
}

const RULES: Readonly<Record<TriggerRule, (upstream: Tally) => Verdict>> = {
  always: () => 'run',
  all_done: ({ done }) => (done ? 'run' : 'wait'),
  all_success: ({ failed, skipped, done }) => {
    if (failed > 0) return 'upstream_failed';
    if (!done) return 'wait';
    return skipped > 0 ? 'skipped' : 'run';
  },
  all_failed: ({ total, success, skipped, failed }) => {
    if (success + skipped > 0) return 'skipped';
    return failed === total ? 'run' : 'wait';
  },
  one_success: ({ success, skipped, total, done }) => {
    if (success > 0) return 'run';
    if (!done) return 'wait';
    return skipped === total ? 'skipped' : 'upstream_failed';
  },
  one_failed: ({ failed, done }) => {
    if (failed > 0) return 'run';
    return done ? 'skipped' : 'wait';
  },
  none_failed: ({ failed, done }) => {
    if (failed > 0) return 'upstream_failed';
    return done ? 'run' : 'wait';
  },
  none_failed_min_one_success: ({ failed, skipped, total, done }) => {
    if (failed > 0) return 'upstream_failed';
    if (!done) return 'wait';
    return skipped === total ? 'skipped' : 'run';
  },
  none_skipped: ({ skipped, done }) => {
    if (skipped > 0) return 'skipped';
    return done ? 'run' : 'wait';
  },
};

const ENDED: ReadonlySet<TaskState> = new Set<EndState>([
  'success',
  'failed',
  'upstream_failed',
  'skipped',
  'removed',
]);

export function hasEnded(state: TaskState): state is EndState {
  return ENDED.has(state);
}

function tally(states: readonly TaskState[]): Tally {
  const count = (...wanted: TaskState[]): number => states.filter((state) => wanted.includes(state)).length;
  return {
    total: states.length,
    success: count('success'),
    failed: count('failed', 'upstream_failed', 'removed'),
    skipped: count('skipped'),
    done: states.every(hasEnded),
  };
}
