/** What the scheduler needs of the world: Temporal in a run, stand-ins in unit tests, nothing in a dry run. */
import type { FoundRun, WantedRun } from '../domain/found-run.ts';
import type { Cause } from '../domain/retry.ts';
import type { MapSlice, MemoPart, RecordedError, StoredResult, TaskRecord } from '../domain/run-record.ts';
import type { Ticket } from '../domain/pool/messages.ts';
import type { RunOrder } from './order.ts';
import type { ChildInput } from './run.ts';
import type { Task } from './task.ts';

/** What a task's body is told about itself. */
export interface TaskContext {
  readonly name: string;
  readonly index?: readonly number[];
  /** Counted from 1. */
  readonly try: number;
  /** `<run>/<attempt>/<name>[/<index>]`: the idempotency key of all that the task writes, the same for all tries. */
  readonly key: string;
  /** How far it has come, in a few words: shown beside the task while it runs. */
  readonly note: (text: string) => void;
}

export interface Runtime {
  /** Milliseconds since the epoch, the same in every replay. */
  now(): number;
  /** Durable, and ended by a cancellation. */
  sleep(ms: number, summary: string): Promise<void>;
  /**
   * Runs a body as a task: `current()` is its context in all that the body starts. Errors of the types in `ruled`
   * come to the engine at once: the activities' own retries leave them alone.
   */
  enter<T>(task: TaskContext, ruled: readonly string[], body: () => T): T;
  current(): TaskContext | undefined;
  /** Cancels what a body has started and rejects with `TaskTimeout` when it takes longer. */
  within<T>(ms: number, body: () => Promise<T>): Promise<T>;
  /**
   * What the work brings, or `late` where that takes until after `at` (milliseconds since the epoch): then, what it
   * has started is cancelled.
   */
  until<T>(at: number | undefined, summary: string, work: () => Promise<T>): Promise<Came<T>>;
  /** Activities that the body starts are repeated, with so many milliseconds between, while they say `NotYet`. */
  polling<T>(every: number, body: () => T): T;
  /** The error and its causes, outermost first. */
  causesOf(error: unknown): readonly Cause[];
  isCancellation(error: unknown): boolean;
  /**
   * What awaiting a failed reference throws.
   * @param isFinal false where whoever it comes to may try again
   */
  toError(error: RecordedError, isFinal?: boolean): Error;
  /** Resolves when nothing else can go on unless time passes or something comes from outside. */
  idle(): Promise<void>;
  /** The history has grown so long that the run should go on in a new one. */
  shouldContinue(): boolean;
  /** It has another state. */
  changed(task: Task): void;
  /** Runs a pipeline as a child workflow and waits for its end. */
  child(pipeline: string, input: ChildInput<unknown>, task: TaskContext): Promise<unknown>;
  /** Fails with `NotYet` while the run is not over. */
  findRun(wanted: WantedRun): Promise<FoundRun>;
  readonly pools: RunPools;
  readonly order: RunOrder;
  readonly ledger: MemoLedger;
  readonly slices: SliceRunner;
}

export type Came<T> = { readonly value: T } | 'late';
/** Slots shared with other runs; see `workflows/pool.ts`. */
export interface RunPools {
  /** Resolves when the ticket's slots are granted. Rejects where they never will be, and when the run is cancelled. */
  acquire(pool: string, ticket: Ticket): Promise<void>;
  /** What was granted, or is not wanted any more. */
  giveBack(pool: string, id: string): void;
  /** What was granted to an earlier history of this attempt. */
  resume(pool: string, ticket: Ticket): void;
  /** Resolves when the pools know all of this. */
  told(): Promise<void>;
  isTold(): boolean;
}

export interface MemoLedger {
  save(part: string, tasks: readonly TaskRecord[]): Promise<MemoPart>;
  load(part: MemoPart): Promise<readonly TaskRecord[]>;
  result(stored: StoredResult): Promise<unknown>;
}

/** Runs items `from` to `to` of a map in a child workflow. */
interface SliceRunner {
  run(slice: SliceOrder): Promise<MapSlice>;
}

export interface SliceOrder {
  /** The map's label; or that of the task that is tested `alone`. */
  readonly map: string;
  /** No slice of a map, but one task by itself, whatever it is: its result is that of the workflow. */
  readonly alone?: true;
  readonly from: number;
  readonly to: number;
  /** Results of so many bytes in all come back as they are. */
  readonly inlineBytes: number;
  /** The same items as an earlier attempt left them, with what of them is to be done again. */
  readonly before?: MapSlice;
  /** What the run knows so far. */
  readonly memo: Memo;
}

export type Memo = { readonly tasks: readonly TaskRecord[] } | { readonly parts: readonly MemoPart[] };
