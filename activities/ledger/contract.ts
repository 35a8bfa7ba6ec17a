/** The ledger: claims, memos, records and logs of runs, as objects under `runs/`. */
import type { NominalInterval, RunSchedule } from '../../workflows/domain/calendar/run-interval.ts';
import type { FoundRun, WantedRun } from '../../workflows/domain/found-run.ts';
import type { Deadline } from '../../workflows/domain/notices/deadline.ts';
import type { Subscription } from '../../workflows/domain/notices/notice.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { RecordedResolution, Resolution } from '../../workflows/domain/resolution.ts';
import type {
  MemoPart,
  RunRecord,
  RunState,
  StoredResult,
  TaskRecord,
} from '../../workflows/domain/run-record.ts';

export interface RunHolder {
  readonly workflowId: string;
  readonly firstRunId: string;
}

export interface LedgerActivities {
  /**
   * First act of every attempt: params are validated (defaults filled in), the attempt is claimed,
   * the memo of the attempt that it builds on is read.
   * @throws InvalidParams naming every field; PipelinePaused for the first attempt of a run, unless that is part of
   * another, and again and again while it is paused where the run can wait
   */
  begin(input: BeginInput): Promise<BeginOutput>;
  /**
   * Last act: the record, with start times and tries read from Temporal's own history. Idempotent.
   * Where the tasks weigh more than 256 KiB, `record.tasks` is empty and they stand in `parts`, in order.
   */
  close(input: { record: RunRecord; parts?: readonly MemoPart[] }): Promise<void>;
  /**
   * Tasks of an attempt as one object (at most 1 MiB of them), for a continue-as-new, for the slices of a
   * large map, and for a record too heavy to pass in one payload. `part` is unique within the attempt and
   * safe in a file name; the same part saved again is replaced. Results that are `stored` elsewhere
   * stay there: whoever reads the part follows them.
   */
  saveMemo(input: {
    run: string;
    attempt: number;
    part: string;
    tasks: readonly TaskRecord[];
  }): Promise<MemoPart>;
  /** The tasks of a part; a result of more than 1 KiB comes as `stored` in place of `result`. */
  loadMemo(input: { part: MemoPart }): Promise<TaskRecord[]>;
  /** Results themselves, in the order asked for. */
  loadResults(input: { stored: readonly StoredResult[] }): Promise<unknown[]>;
  /**
   * What came of the newest attempt of another run.
   * @throws NotYet while there is none or it is open, AwaitedRunFailed after an end that was not wished for
   */
  findRun(wanted: WantedRun): Promise<FoundRun>;
  /** Writes the records of runs that ended without one: terminated, timed out, or lost with their server. */
  sweep(): Promise<Swept>;
}

export interface Swept {
  /** Attempts that are claimed and have no record yet, before this sweep. */
  readonly open: number;
  /** `<run>/<attempt>` of those that got their record now. */
  readonly closed: readonly string[];
}

export interface BeginInput {
  readonly pipeline: string;
  readonly key?: string;
  /** Fire times that may be taken, one second apart, when the caller did not insist on one. */
  readonly fireTime: string;
  readonly mayBump: boolean;
  /** `next` is one after the highest that was claimed, or this holder's own: what a parent starts its children with. */
  readonly attempt: number | 'next';
  /** Where they are absent in a later attempt, those of the attempt before. */
  readonly params: unknown;
  readonly holder: RunHolder;
  /** A run that is open starts it as a part of itself: a pause does not stop that. */
  readonly isPart?: boolean;
  /** Started by what counts on the run to come, be it later: a pause puts it off instead of refusing it. */
  readonly canWait?: boolean;
  /** Where a schedule starts the run: its interval is worked out here, where time-zone data may change freely. */
  readonly schedule?: RunSchedule;
  /** Absent where that is for the schedule to say. */
  readonly startedBy?: string;
}

export type BeginOutput =
  | {
      readonly kind: 'claimed';
      readonly run: string;
      readonly attempt: number;
      readonly fireTime: string;
      readonly params: unknown;
      readonly startedBy: string;
      /** The newest earlier attempt that has a record, whatever its state. */
      readonly memo: PreviousAttempt | null;
      /** Those of ours that the namespace knows: setting another would stall the run for ever. */
      readonly searchAttributes: readonly string[];
      /** That the run is about, where its pipeline says so. */
      readonly model?: string;
      /** Of the schedule at the fire time. */
      readonly nominal?: NominalInterval;
      /** Who is told of what, and by when the run and its tasks must have succeeded: as it stood at the start. */
      readonly notify?: readonly Subscription[];
      /** Whether the run leaves workers of older code as soon as there are newer ones. */
      readonly moves?: boolean;
      readonly deadlines?: readonly Deadline[];
    }
  | {
      readonly kind: 'duplicate';
      readonly run: string;
      readonly attempt: number;
      readonly holder: RunHolder;
    };

/** Tasks as `loadMemo` gives them: in the record up to 256 KiB, else in `parts`. */
export interface PreviousAttempt {
  readonly record: RunRecord;
  readonly parts?: readonly MemoPart[];
}

/** Of a run that is open and has not begun its first task. */
export interface Queued {
  readonly reason: string;
  /** RFC 3339. */
  readonly since: string;
}

/** How a run stands in a list: one that waits before its first task is `queued`. */
export type ListedState = RunState | 'queued';

/** Told by whoever lets runs wait. Both may come twice, or late: the end of a run takes its mark away. */
export interface RunQueue {
  enter(of: { readonly run: string; readonly attempt: number }, reason: string): Promise<void>;
  leave(run: string): Promise<void>;
}

/** A row of `runs list`. */
export interface RunSummary {
  readonly run: string;
  readonly pipeline: string;
  readonly attempt: number;
  readonly state: ListedState;
  /** What it waits for. */
  readonly queued?: Queued;
  readonly claimedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly startedBy?: string;
  readonly tags?: readonly string[];
  /** Absent where they are more than 1 KiB: the record has them. */
  readonly params?: unknown;
  /** Names of the tasks that failed. */
  readonly failed: readonly string[];
}

/** An attempt whose record does not stand yet. */
export interface OpenAttempt {
  readonly run: string;
  readonly pipeline: string;
  readonly attempt: number;
  readonly holder: RunHolder;
  readonly startedBy?: string;
  readonly claimedAt: string;
}

export interface RunFilter {
  readonly pipeline?: string;
  readonly key?: string;
  readonly state?: ListedState;
  /** Started at or after, and before: RFC 3339. */
  readonly since?: string;
  readonly until?: string;
  /** Fire times after the start, up to and including the end: the runs of those intervals. */
  readonly fired?: Interval;
  readonly tag?: string;
  /** Params that have these values, as text. */
  readonly params?: Readonly<Record<string, string>>;
  /** At most so many rows; 50 by default. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface LogLine {
  readonly at: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly activity: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface LoggedLine extends LogLine {
  /** Task, with its index in a map: `score`, `score[3]`; `_run` for the engine's own activities. */
  readonly task: string;
  /** Counted from 1 over all executions of the task, infrastructure retries included. */
  readonly try: number;
}

export interface LogFilter {
  readonly task?: string;
  readonly try?: number;
}

export interface Pause {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

export type PauseEntry =
  | ({ readonly kind: 'paused' } & Pause)
  | { readonly kind: 'resumed'; readonly at: string; readonly by: string };

/** Pipelines that nothing may start: no schedule, no person, no backfill, no asset. What runs goes on. */
export interface Pauses {
  /** `undefined` where it is not paused. */
  of(pipeline: string): Promise<Pause | undefined>;
  pause(pipeline: string, pause: Omit<Pause, 'at'>): Promise<void>;
  /** False where it was not paused. */
  resume(pipeline: string, who: { readonly by: string }): Promise<boolean>;
}

/** The read side: what runs there were and are, without a server. */
export interface Ledger {
  /**
   * Newest first. A page looks at no more than 2,000 runs: it may be short, or empty, and still have
   * a `next` to go on from.
   */
  list(filter?: RunFilter): Promise<{ runs: RunSummary[]; next?: string }>;
  /** The newest attempt by default. `undefined` where no record stands: the run is open or unknown. */
  record(run: string, attempt?: number): Promise<RunRecord | undefined>;
  /** Numbers of the attempts that were claimed, ascending; empty for an unknown run. */
  attempts(run: string): Promise<number[]>;
  holder(run: string, attempt: number): Promise<RunHolder | undefined>;
  /** `undefined` where the pipeline may be started. */
  paused(pipeline: string): Promise<Pause | undefined>;
  open(): Promise<OpenAttempt[]>;
  /** Of a part of a record: the items of a large map. */
  tasks(part: MemoPart): Promise<TaskRecord[]>;
  result(stored: StoredResult): Promise<unknown>;
  /** What was decided about tasks of a closed attempt, for the next one; the oldest first. */
  marks(run: string, attempt: number): Promise<RecordedResolution[]>;
  mark(run: string, attempt: number, resolution: Resolution): Promise<RecordedResolution>;
  /** In the order of time. */
  logs(run: string, attempt: number, filter?: LogFilter): Promise<LoggedLine[]>;
}
