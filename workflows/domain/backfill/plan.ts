/** What a backfill is asked for, and what it was resolved to before anything was started. */
import type { Timetable } from '../calendar/timetable.ts';
import type { Interval } from '../interval.ts';
import type { Rerun } from '../run-input.ts';

/** As people and other programs write it; also the input of a plain `temporal workflow start`. */
export interface BackfillRequest {
  readonly pipeline: string;
  readonly key?: string;
  /** By default those of the pipeline's schedule. Runs again keep those of the attempt before unless some are given. */
  readonly params?: unknown;
  /** RFC 3339, or a date for its midnight in UTC. Only whole intervals between the two are run. */
  readonly from: string;
  readonly to: string;
  /** By default that of the pipeline's schedule, else the pipeline's own. */
  readonly timetable?: Timetable;
  readonly order?: BackfillPlan['order'];
  readonly maxActive?: number;
  readonly reprocess?: Reprocess;
  /** In runs that have been: these tasks and what comes after them alone. */
  readonly tasks?: readonly string[];
  readonly startedBy?: string;
}

/** `missing`: what never ran; `failed`: that, and what did not succeed; `all`: every interval. */
export type Reprocess = 'missing' | 'failed' | 'all';

export interface BackfillPlan {
  readonly pipeline: string;
  readonly key?: string;
  readonly params?: unknown;
  /** RFC 3339, UTC, whole seconds. */
  readonly from: string;
  readonly to: string;
  readonly timetable: Timetable;
  readonly order: 'forwards' | 'backwards';
  /** So many runs of it are open at most. */
  readonly maxActive: number;
  readonly reprocess: Reprocess;
  readonly tasks?: readonly string[];
  readonly startedBy: string;
}

/** An attempt of a run that the backfill is to start. */
export interface PlannedRun {
  readonly run: string;
  readonly attempt: number;
  readonly interval: Interval;
  readonly rerun?: Rerun;
}
