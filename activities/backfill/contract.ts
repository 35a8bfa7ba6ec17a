/** Backfills: what they are, where they stand in the store, and the activities that their workflow is made of. */
import type { BackfillPlan, BackfillRequest, PlannedRun } from '../../workflows/domain/backfill/plan.ts';
import type {
  BackfillCounts,
  BackfillPage,
  BackfillState,
  EndedRun,
} from '../../workflows/domain/backfill/window.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { RunState } from '../../workflows/domain/run-record.ts';

export interface BackfillActivities {
  /**
   * First act: the request is checked and resolved, and written down. Done again it finds what it wrote.
   * @throws InvalidBackfill, InvalidParams, UnknownPipeline
   */
  open(input: { id: string; request: BackfillRequest }): Promise<Resolved>;
  /** Looks at intervals behind `after` until it has found `most` that are to be run, or has looked at many. */
  page(input: { plan: BackfillPlan; after?: Interval; most: number }): Promise<BackfillPage>;
  /** Starts runs that nobody has started yet, unless their pipeline is paused. Done again it starts nothing twice. */
  start(input: {
    id: string;
    plan: BackfillPlan;
    runs: readonly PlannedRun[];
  }): Promise<{ readonly isHeld: boolean }>;
  /** Waits until at least one of the runs has ended. */
  watch(input: { runs: readonly PlannedRun[] }): Promise<readonly EndedRun[]>;
  /** Asks runs to stop; those that are over already are let be. */
  stop(input: { runs: readonly PlannedRun[] }): Promise<void>;
  /** Last act: how it ended stands in the store. */
  close(input: { id: string; ending: BackfillEnding }): Promise<void>;
}

export interface Resolved {
  readonly plan: BackfillPlan;
  /** Intervals between `from` and `to`. */
  readonly total: number;
}

/** What would run, as far as it was asked for. */
export interface Outlined extends Resolved {
  /** The refusal that it would meet if it were to be run as it stands: params that are still to be given. */
  readonly lacks?: Error;
}

export interface BackfillEnding {
  readonly state: 'finished' | 'cancelled';
  readonly counts: BackfillCounts;
  /** The newest that did not succeed. */
  readonly troubled: readonly EndedRun[];
  readonly endedAt: string;
}

/** What the store knows of a backfill. */
export interface StoredBackfill extends Resolved {
  readonly id: string;
  readonly createdAt: string;
  /** Absent while it is open, and where it was cut off. */
  readonly ending?: BackfillEnding;
}

/** The answer to the query of an open one. */
export interface LiveBackfill extends Resolved, BackfillState {
  readonly id: string;
}

/** What a dry run tells of one interval. */
export interface PreviewedInterval {
  readonly run: string;
  readonly interval: Interval;
  readonly action: 'start' | 'rerun' | 'leave';
  /** Of the attempt that would be started; in what is left out, of that which stands. */
  readonly attempt?: number;
  /** Of the newest attempt, where there is one. */
  readonly state?: RunState;
  /** Why it is left out. */
  readonly why?: 'done' | 'open' | 'unknownTasks';
}

/** For clients: nothing here needs a server. */
export interface Backfills {
  /** @throws InvalidBackfill, InvalidParams, UnknownPipeline */
  resolve(request: BackfillRequest): Resolved;
  /** @throws InvalidBackfill, UnknownPipeline; InvalidParams for those that were given */
  outline(request: BackfillRequest): Outlined;
  /** In the plan's order, as the ledger stands now. */
  preview(plan: BackfillPlan): AsyncIterable<PreviewedInterval>;
  /** The newest first. */
  list(): Promise<StoredBackfill[]>;
  find(id: string): Promise<StoredBackfill | undefined>;
}
