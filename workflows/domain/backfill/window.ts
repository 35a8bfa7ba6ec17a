/**
 * How far a backfill has come: a cursor, what was chosen and waits, what is open, and counts. However many intervals
 * there are, this stays small, so that it can go on in a new history at any time.
 */
import type { Interval } from '../interval.ts';
import type { RunState } from '../run-record.ts';
import type { LeftOut } from './choice.ts';
import type { PlannedRun } from './plan.ts';

type EndState = Exclude<RunState, 'running'>;

/** A person's word: to rest for a while, or to end it. */
export interface Word {
  readonly by: string;
  readonly reason?: string;
}

export interface BackfillCounts {
  readonly started: number;
  readonly ended: Readonly<Record<EndState, number>>;
  /** Intervals for which nothing was started, by why. */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
}

export interface EndedRun {
  readonly run: string;
  readonly attempt: number;
  readonly state: EndState;
  readonly message?: string;
}

export interface BackfillState {
  /** The last interval that was looked at. */
  readonly cursor?: Interval;
  /** There are no intervals behind the cursor. */
  readonly isExhausted: boolean;
  /** Chosen and not started. */
  readonly ready: readonly PlannedRun[];
  readonly open: readonly PlannedRun[];
  readonly counts: BackfillCounts;
  /** The newest that did not succeed, the last one last. */
  readonly troubled: readonly EndedRun[];
  readonly paused?: Word;
  /** Its pipeline is paused, so that nothing can be started. */
  readonly isHeld?: boolean;
  readonly cancelled?: Word & { readonly runs: boolean };
  /** The open runs have been asked to stop. */
  readonly isStopped?: boolean;
}

/** A stretch of intervals that was looked at: what is to be done there. */
export interface BackfillPage {
  readonly runs: readonly PlannedRun[];
  readonly leftOut: BackfillCounts['leftOut'];
  readonly cursor?: Interval;
  readonly isExhausted: boolean;
}

export type BackfillStep =
  /** Look at more intervals. */
  | { readonly kind: 'page' }
  | { readonly kind: 'start'; readonly runs: readonly PlannedRun[] }
  /** Wait until an open run ends. */
  | { readonly kind: 'watch'; readonly runs: readonly PlannedRun[] }
  /** Ask the open runs to stop. */
  | { readonly kind: 'stop'; readonly runs: readonly PlannedRun[] }
  /** Paused, with nothing open. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'end'; readonly state: 'finished' | 'cancelled' };

const TROUBLED = 20;
/** Of one step: an activity of seconds. */
const STARTS = 50;
/** The query that an open backfill answers. */
export const BACKFILL_QUERY = 'backfillState';

export const BEGINNING: BackfillState = {
  isExhausted: false,
  ready: [],
  open: [],
  counts: {
    started: 0,
    ended: { success: 0, failed: 0, cancelled: 0, terminated: 0, timed_out: 0 },
    leftOut: { done: 0, open: 0, unknownTasks: 0 },
  },
  troubled: [],
};

export function nextStep(state: BackfillState, maxActive: number): BackfillStep {
  const { ready, open, isExhausted, paused, cancelled, isStopped = false } = state;
  const watch = { kind: 'watch', runs: open } as const;
  if (cancelled !== undefined) {
    if (open.length === 0) return { kind: 'end', state: 'cancelled' };
    return cancelled.runs && !isStopped ? { kind: 'stop', runs: open } : watch;
  }
  if (isExhausted && ready.length === 0 && open.length === 0) return { kind: 'end', state: 'finished' };
  if (paused !== undefined) return open.length > 0 ? watch : { kind: 'rest' };
  const free = maxActive - open.length;
  if (free > 0 && ready.length > 0) return { kind: 'start', runs: ready.slice(0, Math.min(free, STARTS)) };
  if (free > 0 && !isExhausted) return { kind: 'page' };
  return watch;
}

export function withPage(state: BackfillState, page: BackfillPage): BackfillState {
  const { leftOut } = state.counts;
  return {
    ...state,
    ...(page.cursor !== undefined && { cursor: page.cursor }),
    isExhausted: page.isExhausted,
    ready: [...state.ready, ...page.runs],
    counts: {
      ...state.counts,
      leftOut: {
        done: leftOut.done + page.leftOut.done,
        open: leftOut.open + page.leftOut.open,
        unknownTasks: leftOut.unknownTasks + page.leftOut.unknownTasks,
      },
    },
  };
}

export function withStarted(state: BackfillState, runs: readonly PlannedRun[]): BackfillState {
  const started = new Set(runs.map(label));
  return {
    ...state,
    ready: state.ready.filter((run) => !started.has(label(run))),
    open: [...state.open, ...runs],
    isHeld: false,
    counts: { ...state.counts, started: state.counts.started + runs.length },
  };
}

/** What was not open is not counted again. */
export function withEnded(state: BackfillState, told: readonly EndedRun[]): BackfillState {
  const open = new Map(state.open.map((run) => [label(run), run]));
  const counted = { ...state.counts.ended };
  const troubled = [...state.troubled];
  for (const ended of told) {
    if (!open.delete(label(ended))) continue;
    counted[ended.state] += 1;
    if (ended.state !== 'success') troubled.push(ended);
  }
  return {
    ...state,
    open: [...open.values()],
    counts: { ...state.counts, ended: counted },
    troubled: troubled.slice(-TROUBLED),
  };
}

function label({ run, attempt }: Pick<PlannedRun, 'run' | 'attempt'>): string {
  return `${run}/${attempt}`;
}
