/** The ledger's record of one attempt of one run: what `assay runs show --json` prints. */
import type { Question } from './approval.ts';
import type { RunTrigger } from './assets/trigger.ts';
import type { Interval } from './interval.ts';
import type { Deadline } from './notices/deadline.ts';
import type { RecordedResolution } from './resolution.ts';
import type { Rerun } from './run-input.ts';

/** Airflow's words for the states of a task. */
export type TaskState =
  | 'scheduled'
  | 'queued'
  | 'running'
  | 'deferred'
  | 'up_for_retry'
  | 'success'
  | 'failed'
  | 'upstream_failed'
  | 'skipped'
  | 'removed';

export type RunState = 'running' | 'success' | 'failed' | 'cancelled' | 'terminated' | 'timed_out';

/** A failure as people read it: the innermost cause, typed. */
export interface RecordedError {
  readonly type: string;
  readonly message: string;
  readonly details?: unknown;
}

/** Tasks of an attempt that stand in the ledger as one object: `tasks` of them, in order. */
export interface MemoPart {
  /** The object's key in the store. */
  readonly object: string;
  readonly tasks: number;
}

/** A result that stands in the ledger: that of the `at`-th task (from 0) of an object. */
export interface StoredResult {
  readonly object: string;
  readonly at: number;
}

export interface TaskRecord {
  readonly name: string;
  /** Position in a map; a map of a map has several. */
  readonly index?: readonly number[];
  readonly state: TaskState;
  readonly tries: number;
  /** Of `tries`: those within earlier tries of the task around it. They do not count against its retries. */
  readonly spent?: number;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /**
   * The how-manieth of the run's tasks it was to end, over all its histories and attempts. What stands in the memo
   * ends again in this order.
   */
  readonly endOrder?: number;
  /** Names of the tasks this one comes after, awaited ones included. */
  readonly after: readonly string[];
  /** True where the result was carried over from an earlier attempt or an earlier part of this one. */
  readonly fromMemo: boolean;
  readonly result?: unknown;
  /** In place of `result` where that is too heavy to be carried along. */
  readonly stored?: StoredResult;
  readonly error?: RecordedError;
  /** Where it has failed: it would do so again however often it, or the task around it, is tried. */
  readonly final?: true;
  /** Where it has failed: the retries that the pipeline gives every task are spent on it, or inside it. */
  readonly exhausted?: true;
  /** Why it was skipped, in the author's words. */
  readonly reason?: string;
  /** How far it has come, in its own words, while it runs. */
  readonly note?: string;
  /** The task whose body created this one: `name` or `name[index]`. */
  readonly within?: string;
  /** The try of that task which has created it, or has come to it again, where that is not the first. */
  readonly withinTry?: number;
  /** When the next try is due, in state `up_for_retry`. */
  readonly retryAt?: string;
  /** What it does, where that is not a body of its own. */
  readonly kind?: WaitKind | 'loop';
  /** While it waits: when that ends by itself, RFC 3339. */
  readonly waitsUntil?: string;
  /** What came for it while it waited, until it has ended. */
  readonly arrived?: unknown;
  /** Of an approval, once it has been asked; the answer is its result. */
  readonly question?: Question;
  /** Of a sensor: how often it has looked. */
  readonly polls?: number;
  /** Set while it has failed and waits, as `deferred`, for somebody to decide about it; it fails at that time. */
  readonly held?: { readonly until: string };
  /** What people have decided about it, the oldest first. */
  readonly resolutions?: readonly RecordedResolution[];
  /** Of a map: its items, where they ran in child workflows and stand in the ledger instead of in this record. */
  readonly items?: readonly MapSlice[];
}

/** Tasks that wait: `deferred` until what they wait for is there. */
export type WaitKind = 'sensor' | 'signal' | 'time' | 'approval';

/** Items `from` (inclusive) to `to` (exclusive) of a map, run by one child workflow. */
export interface MapSlice {
  readonly from: number;
  readonly to: number;
  /** The items themselves, in their order. */
  readonly parts: readonly MemoPart[];
  /** The successful items' results, where those of the whole map are light enough to be carried along. */
  readonly values?: readonly unknown[];
  /** Tasks that the items' bodies created. */
  readonly inner: readonly MemoPart[];
  readonly failed: number;
  readonly skipped: number;
  /** Of the first item that failed. */
  readonly error?: RecordedError;
  /** What a rerun has still to do again here; absent once that is done. */
  readonly again?: Rerun;
}

/** The query that every run answers with its `RunRecord`, also after its end: in pages, see `wholeRecord`. */
export const RECORD_QUERY = 'assayRecord';

export interface RunRecord {
  /** `<pipeline>[.<key>]-<fire time>`; also the workflow ID of the first attempt. */
  readonly run: string;
  readonly pipeline: string;
  readonly key?: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly interval: Interval;
  readonly params: unknown;
  readonly tags?: readonly string[];
  readonly startedBy: string;
  /** Where assets started it. */
  readonly trigger?: RunTrigger;
  readonly codeVersion: string;
  readonly workflowId: string;
  readonly workflowRunId: string;
  readonly startedAt: string;
  /** What every attempt's clock shows to the author: the start of the first one. */
  readonly clock: string;
  readonly endedAt?: string;
  /** While it is open and has not begun its first task: what it waits for. */
  readonly queued?: { readonly reason: string; readonly since: string };
  readonly tasks: readonly TaskRecord[];
  /** Those that it watched over; absent where none is declared. */
  readonly deadlines?: readonly RunDeadline[];
  readonly result?: unknown;
  readonly error?: RecordedError;
}

export interface RunDeadline extends Deadline {
  /** RFC 3339. */
  readonly dueAt: string;
  /** It went by before what it is about had succeeded. */
  readonly missed?: true;
}
