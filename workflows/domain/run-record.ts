/** The ledger's record of one attempt of one run: what `assay runs show --json` prints. */
import type { Interval } from './interval.ts';

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

export interface TaskRecord {
  readonly name: string;
  /** Position in a map; a map of a map has several. */
  readonly index?: readonly number[];
  readonly state: TaskState;
  readonly tries: number;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Names of the tasks this one comes after, awaited ones included. */
  readonly after: readonly string[];
  /** True where the result was carried over from an earlier attempt or an earlier part of this one. */
  readonly fromMemo: boolean;
  readonly result?: unknown;
  readonly error?: RecordedError;
  /** Why it was skipped, in the author's words. */
  readonly reason?: string;
}

export interface RunRecord {
  /** `<pipeline>[.<key>]-<fire time>`; also the workflow ID of the first attempt. */
  readonly run: string;
  readonly pipeline: string;
  readonly key?: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly interval: Interval;
  readonly params: unknown;
  readonly startedBy: string;
  readonly codeVersion: string;
  readonly workflowId: string;
  readonly workflowRunId: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly tasks: readonly TaskRecord[];
  readonly result?: unknown;
  readonly error?: RecordedError;
}
