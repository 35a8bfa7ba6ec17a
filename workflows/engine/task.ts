/** One task of a run: its record while it lives, and its outcome. */
import { taskLabel } from '../domain/activity-id.ts';
import type { Question } from '../domain/approval.ts';
import type { Duration } from '../domain/duration.ts';
import type { Retries } from '../domain/retry.ts';
import type { RecordedResolution } from '../domain/resolution.ts';
import type {
  MapSlice,
  RecordedError,
  StoredResult,
  TaskRecord,
  TaskState,
  WaitKind,
} from '../domain/run-record.ts';
import { hasEnded, type TriggerRule } from '../domain/trigger-rules.ts';
import type { Outcome } from './references.ts';
import type { PoolUse } from './pool-turn.ts';
import type { TaskContext } from './runtime.ts';

export type TaskKind = 'task' | 'map' | 'item' | 'child' | 'finally' | 'loop' | WaitKind;

export interface TaskSpec {
  readonly name: string;
  readonly index?: readonly number[];
  readonly kind: TaskKind;
  readonly upstream: readonly Task[];
  /** More names to stand in the graph. */
  readonly after?: readonly string[];
  readonly when: TriggerRule;
  readonly retries: Retries;
  /** They are those that the pipeline gives every task. */
  readonly inherits?: true;
  /** Of one try. */
  readonly timeout?: Duration;
  readonly mayFail: boolean;
  /** Assets that are there when it has succeeded. */
  readonly produces?: readonly string[];
  /** What each try takes a turn in. */
  readonly pool?: PoolUse;
  /** Whether a failure is held in a run that holds failures; by default unless it may fail. */
  readonly mayHold?: boolean;
  readonly body: (outcomes: readonly Outcome<unknown>[], context: TaskContext, task: Task) => unknown;
}

/** What stays the same of a task, and where it stands. Only the scheduler changes the latter. */
export interface Task {
  readonly spec: TaskSpec;
  readonly label: string;
  /** Names of what it comes after, awaited references included. */
  readonly after: readonly string[];
  readonly within?: string;
  /** The try of that task which has created it, or has come to it again. */
  withinTry?: number;
  readonly progress: Progress;
  /** Resolves when the task has ended; never rejects. */
  readonly whenEnded: () => Promise<void>;
  readonly end: () => void;
  /** Called when it ends. */
  readonly followers: (() => void)[];
  /** Tasks created by its body that have not ended. */
  openInside: number;
  /** What awaiting it throws: one error, so that it is known again where it comes out. */
  thrown?: Error;
}

interface Progress {
  state: TaskState;
  tries: number;
  /** Of `tries`: those within earlier tries of the task around it. They do not count against its retries. */
  spent?: number;
  queuedAt?: string;
  startedAt?: string;
  endedAt?: string;
  /** The how-manieth of the run's tasks it was to end. */
  endOrder?: number;
  fromMemo: boolean;
  result?: unknown;
  /** Of the result, as JSON. */
  bytes: number;
  stored?: StoredResult;
  error?: RecordedError;
  /** It would fail again however often it, or what is around it, is tried. */
  final?: true;
  /** The retries that the pipeline gives every task are spent on it. */
  exhausted?: true;
  reason?: string;
  note?: string;
  retryAt?: string;
  /** Its try was begun in the history before and goes on in this one. */
  resumes?: true;
  waitsUntil?: string;
  arrived?: unknown;
  question?: Question;
  held?: { readonly until: string };
  resolutions?: readonly RecordedResolution[];
  items?: readonly MapSlice[];
}

export function createTask(
  spec: TaskSpec,
  place: Pick<Task, 'after' | 'within' | 'withinTry'>,
  memo: TaskRecord | undefined,
): Task {
  const { name, index } = spec;
  return {
    spec,
    label: taskLabel(name, index),
    ...place,
    progress:
      memo === undefined
        ? { state: 'scheduled', tries: 0, fromMemo: false, bytes: 0 }
        : recalled(isOfEarlierTry(memo, place) ? again(memo) : memo),
    ...ending(),
    followers: [],
    openInside: 0,
  };
}

/** Most tasks end without anybody who waits for that by a promise. */
function ending(): Pick<Task, 'whenEnded' | 'end'> {
  let [isOver, resolve] = [false, (): void => undefined];
  let promise: Promise<void> | undefined;
  const made = (): Promise<void> =>
    isOver
      ? Promise.resolve()
      : new Promise((resolved) => {
          resolve = resolved;
        });
  return {
    whenEnded: () => (promise ??= made()),
    end() {
      isOver = true;
      resolve();
    },
  };
}

/** Unfinished tasks come back as scheduled, with the tries they have had; a try that was under way goes on. */
function recalled(memo: TaskRecord): Progress {
  const { name: _name, index: _index, after: _after, within: _within, kind: _kind, ...rest } = memo;
  const { withinTry: _withinTry, ...progress } = rest;
  const done = hasEnded(memo.state);
  const bytes = memo.result === undefined ? 0 : JSON.stringify(memo.result).length;
  // A held one has no try under way: it waits for somebody to decide.
  const resumes = memo.held === undefined && (memo.state === 'running' || memo.state === 'deferred');
  return {
    ...progress,
    bytes,
    state: done ? memo.state : 'scheduled',
    fromMemo: done,
    ...(resumes && { resumes }),
  };
}

/** What has failed when its body was tried before; what has succeeded there stands. */
function isOfEarlierTry({ state, withinTry = 1 }: TaskRecord, place: Pick<Task, 'withinTry'>): boolean {
  return hasEnded(state) && state !== 'success' && state !== 'skipped' && withinTry < (place.withinTry ?? 1);
}

function again({ name, index, kind, after, fromMemo, tries, items, resolutions }: TaskRecord): TaskRecord {
  return {
    name,
    ...(index !== undefined && { index }),
    ...(kind !== undefined && { kind }),
    state: 'scheduled',
    tries,
    spent: tries,
    after,
    fromMemo,
    ...(items !== undefined && { items }),
    ...(resolutions !== undefined && { resolutions }),
  };
}

export function recordOf({ spec, after, within, withinTry = 1, progress }: Task): TaskRecord {
  const { bytes: _bytes, resumes: _resumes, ...shown } = progress;
  return {
    name: spec.name,
    ...(isTold(spec.kind) && { kind: spec.kind }),
    ...(spec.index !== undefined && { index: spec.index }),
    ...shown,
    after,
    ...(within !== undefined && { within }),
    ...(withinTry > 1 && { withinTry }),
  };
}

/** Whether it waits for something outside the run: that holds nothing up, and goes on in a new history. */
export function isWait(kind: TaskKind): kind is WaitKind {
  return kind === 'sensor' || kind === 'signal' || kind === 'time' || kind === 'approval';
}

/** Tasks, maps and children speak for themselves. */
function isTold(kind: TaskKind): kind is WaitKind | 'loop' {
  return kind === 'loop' || isWait(kind);
}
