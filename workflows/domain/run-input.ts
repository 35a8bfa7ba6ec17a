/** What starts a run: every field may be absent, so that a raw `temporal workflow start` needs no more than params. */
import type { RunTrigger } from './assets/trigger.ts';
import type { RunSchedule } from './calendar/run-interval.ts';
import type { Interval } from './interval.ts';

export interface RunInput {
  /** Checked against the pipeline's schema; a later attempt inherits those of the one before. */
  readonly params?: unknown;
  /** Project or partition: runs of different keys never collide. */
  readonly key?: string;
  /** RFC 3339. By default Temporal's scheduled start time, else the time of the start. */
  readonly fireTime?: string;
  /** By default the schedule's for the fire time, else [fire time, fire time). */
  readonly interval?: Interval;
  /** The schedule that starts the run: it tells the interval. */
  readonly schedule?: RunSchedule;
  /** 1 by default; `next` takes the one after the highest so far. */
  readonly attempt?: number | 'next';
  /** What a later attempt executes again; all of it by default. */
  readonly rerun?: Rerun;
  /** Who or what started it, for people: `cli`, `schedule nightly`, `run lifecycle-2026-…`. */
  readonly startedBy?: string;
  readonly tags?: readonly string[];
  /** Where assets started it: which partitions were there; a later attempt inherits it. */
  readonly trigger?: RunTrigger;
}

/** Tasks by name, or one item of a map as `name[3]`; what comes after them is executed again, too, unless `only`. */
export type Rerun =
  | { readonly from: readonly string[]; readonly only?: true }
  | { readonly onlyFailed: true };

/** What a run that found its attempt taken returns. */
export interface Duplicate {
  readonly duplicateOf: { readonly run: string; readonly attempt: number };
  readonly holder: { readonly workflowId: string; readonly firstRunId: string };
}
