/** What an author writes with: the run that a pipeline's function is handed. */
import type { RunTrigger } from '../domain/assets/trigger.ts';
import type { Duration } from '../domain/duration.ts';
import type { Interval } from '../domain/interval.ts';
import type { Mapped } from '../domain/mapped.ts';
import type { Retries } from '../domain/retry.ts';
import type { RunInput } from '../domain/run-input.ts';
import type { RecordedError } from '../domain/run-record.ts';
import type { TriggerRule } from '../domain/trigger-rules.ts';
import type { Pipeline } from './definition.ts';
import type { DependsOnPast } from './order.ts';
import type { PoolOption } from './pool-turn.ts';
import type { AnyRef, Outcomes, TaskRef, Values } from './references.ts';
import type { RunApprovals } from './run-approvals.ts';
import type { RunWaits } from './run-waits.ts';
import type { Produces } from './produces.ts';
import type { TaskContext } from './runtime.ts';

interface Options<After extends readonly AnyRef[]> {
  readonly after?: After;
  readonly retries?: Retries;
  /** Of one try; a longer one is cancelled and fails with `TaskTimeout`. */
  readonly timeout?: Duration;
  /** Slots that each try needs; until it has them the task is `queued`. A map takes them for each item. */
  readonly pool?: PoolOption;
  /** Assets that are there when it has succeeded: `asset('lake.gold')`. */
  readonly produces?: Produces;
  /** A failure of this task alone does not fail the run. */
  readonly mayFail?: boolean;
}

interface ByValue<After extends readonly AnyRef[]> extends Options<After> {
  readonly when?: 'all_success';
  /**
   * Waits for the same task of the interval before: `true` for its success or skip, `'end'` for any end. It stands in
   * the graph as a sensor, `<name>.past`.
   */
  readonly dependsOnPast?: DependsOnPast;
}

interface ByOutcome<After extends readonly AnyRef[]> extends Options<After> {
  readonly when: Exclude<TriggerRule, 'all_success'>;
}

type ForValues<After extends readonly AnyRef[], R> = (
  ...values: [...Values<After>, TaskContext]
) => R | Promise<R>;

type ForOutcomes<After extends readonly AnyRef[], R> = (
  ...outcomes: [...Outcomes<After>, TaskContext]
) => R | Promise<R>;

interface MapOptions<T, After extends readonly AnyRef[]> extends Options<After> {
  /** The items, or the task that returns them. */
  readonly over: readonly T[] | TaskRef<readonly T[]> | TaskRef<Mapped<T>>;
  /** Items that run at the same time; 100 by default. */
  readonly concurrency?: number;
  readonly when?: TriggerRule;
  /** Of the map as a whole, under `all_success`: its items have no past of their own, for they are others every time. */
  readonly dependsOnPast?: DependsOnPast;
}

/** By default the parent's fire time and interval; with every try the child's next attempt. */
export type ChildInput<P> = Omit<RunInput, 'params' | 'attempt'> & { readonly params?: P };

/** How the run ended, for `finally`. */
export interface Ending {
  readonly state: 'success' | 'failed' | 'cancelled';
  readonly failed: readonly { readonly task: string; readonly error: RecordedError }[];
  /** Why the run was ended as a whole before it was done: `RunTimeout`. */
  readonly ended?: RecordedError;
}

export interface Run<P = unknown> extends RunWaits, RunApprovals {
  /** `<pipeline>[.<key>]-<fire time>`: the same for every attempt. */
  readonly id: string;
  readonly pipeline: string;
  readonly key?: string;
  readonly attempt: number;
  readonly params: P;
  /** RFC 3339, UTC, whole seconds. */
  readonly fireTime: string;
  readonly interval: Interval;
  /** Where assets started the run: which of their partitions were there. */
  readonly trigger?: RunTrigger;
  /** Of the workers that opened this attempt. */
  readonly codeVersion: string;

  /** Starts `body` when what it comes `after` is done; results are kept under `name`, unique within the run. */
  task<R>(name: string, body: ForValues<[], R>): TaskRef<R>;
  task<R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: ByValue<After>,
    body: ForValues<After, R>,
  ): TaskRef<R>;
  task<R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: ByOutcome<After>,
    body: ForOutcomes<After, R>,
  ): TaskRef<R>;

  /** Runs `body` for each item, as tasks `name[0]`, `name[1]`, …; fails when one of them does. */
  map<T, R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: MapOptions<T, After>,
    body: (item: T, task: TaskContext) => R | Promise<R>,
  ): TaskRef<Mapped<R>>;

  /** Runs another pipeline and waits for it; cancelled and ended with this run. */
  child<P2, R, const After extends readonly AnyRef[] = []>(
    name: string,
    pipeline: Pipeline<P2, R>,
    input: ChildInput<P2> | ((...values: Values<After>) => ChildInput<P2>),
    options?: ByValue<After>,
  ): TaskRef<R>;
  child<P2, R, const After extends readonly AnyRef[] = []>(
    name: string,
    pipeline: Pipeline<P2, R>,
    input: ChildInput<P2> | ((...outcomes: Outcomes<After>) => ChildInput<P2>),
    options: ByOutcome<After>,
  ): TaskRef<R>;

  /** Skips, with all that comes after it, unless no later interval is due: for what need not be caught up on. */
  latestOnly(name: string, options?: { readonly after?: readonly AnyRef[] }): TaskRef<void>;

  /** Runs when all else has ended, in every attempt, also on failure and cancellation, and hides neither. */
  finally(name: string, body: (ending: Ending, task: TaskContext) => unknown): void;

  /** Skips the task that calls it, or, called by the pipeline's function, what it has not yet created. */
  skip(reason?: string): never;
}
