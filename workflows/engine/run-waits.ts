/** What of a run waits, as an author writes it: sensors, signals, times, other runs; and loops. */
import type { Duration } from '../domain/duration.ts';
import type { FoundRun } from '../domain/found-run.ts';
import type { Retries } from '../domain/retry.ts';
import type { RunState } from '../domain/run-record.ts';
import type { TriggerRule } from '../domain/trigger-rules.ts';
import type { Pipeline } from './definition.ts';
import type { AnyRef, Outcomes, TaskRef, Values } from './references.ts';
import type { TaskContext } from './runtime.ts';

/** RFC 3339, or a time that follows from the run: a late or repeated run waits for what it was meant to. */
export type RunTime =
  | string
  | { readonly after: 'interval-start' | 'interval-end' | 'now'; readonly by: Duration };

interface WaitOptions<After extends readonly AnyRef[]> {
  readonly after?: After;
  /** A failure of this task alone does not fail the run. */
  readonly mayFail?: boolean;
}

interface PatientOptions<After extends readonly AnyRef[]> extends WaitOptions<After> {
  /** In all, over tries and histories; then it fails with `WaitTimeout`. For ever by default. */
  readonly timeout?: Duration;
  /** Once the time is over the task is skipped instead. */
  readonly softFail?: boolean;
}

interface SensorOptions<After extends readonly AnyRef[]> extends PatientOptions<After> {
  /** Between the end of one look and the next. */
  readonly every: Duration;
  /** For what fails otherwise than by `NotYet`. */
  readonly retries?: Retries;
}

interface SensorByValue<After extends readonly AnyRef[]> extends SensorOptions<After> {
  readonly when?: 'all_success';
}

interface SensorByOutcome<After extends readonly AnyRef[]> extends SensorOptions<After> {
  readonly when: Exclude<TriggerRule, 'all_success'>;
}

interface SignalOptions<After extends readonly AnyRef[]> extends PatientOptions<After> {
  readonly when?: TriggerRule;
  /** By default the task's own name. */
  readonly signal?: string;
}

interface TimeOptions<After extends readonly AnyRef[]> extends WaitOptions<After> {
  readonly when?: TriggerRule;
}

interface RunOptions<After extends readonly AnyRef[]> extends PatientOptions<After> {
  readonly when?: TriggerRule;
  /** Of the other run; none by default. */
  readonly key?: string;
  /** The other run's; by default this run's own. */
  readonly interval?: { readonly end: string };
  /** Ends that are good; a success alone by default. */
  readonly states?: readonly RunState[];
  /** After any other end: fail with `AwaitedRunFailed` (the default), or wait for somebody to run it again. */
  readonly otherwise?: 'fail' | 'wait';
  /** 30 s by default. */
  readonly every?: Duration;
}

interface LoopOptions<R, After extends readonly AnyRef[]> {
  readonly after?: After;
  /** Whether the result of a turn (counted from 1) will do. Annotate its parameter: the body's types follow it. */
  readonly until: (result: R, turn: number) => boolean;
  /** Turns at most. */
  readonly max: number;
  /** After the last one: fail with `LoopExhausted` (the default), or take its result as it is. */
  readonly onMax?: 'fail' | 'last';
  /** Of each turn. */
  readonly retries?: Retries;
  /** Of one try of one turn. */
  readonly timeout?: Duration;
  readonly mayFail?: boolean;
}

/** None of these holds a worker's slot or adds to the history while it waits. */
export interface RunWaits {
  /**
   * Looks for something until it is there: the activities of its body are repeated while they throw `notYet(…)`.
   * Any other failure ends the try.
   */
  sensor<R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: SensorByValue<After>,
    body: (...values: [...Values<After>, TaskContext]) => R | Promise<R>,
  ): TaskRef<R>;
  sensor<R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: SensorByOutcome<After>,
    body: (...outcomes: [...Outcomes<After>, TaskContext]) => R | Promise<R>,
  ): TaskRef<R>;

  /**
   * Waits for a Temporal signal; one that came before is taken, the oldest first, and each is taken once. Whatever it
   * carries is the result, or what the body makes of it.
   */
  signal<const After extends readonly AnyRef[] = []>(
    name: string,
    options?: SignalOptions<After>,
  ): TaskRef<unknown>;
  signal<R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: SignalOptions<After>,
    body: (payload: unknown, task: TaskContext) => R | Promise<R>,
  ): TaskRef<R>;

  /** Waits for a time, at once over where it is past. @returns the time, RFC 3339 */
  sleepUntil<const After extends readonly AnyRef[] = []>(
    name: string,
    time: RunTime,
    options?: TimeOptions<After>,
  ): TaskRef<string>;

  /** Waits for another pipeline's run of the same interval, whoever starts it. */
  waitForRun<P, R, const After extends readonly AnyRef[] = []>(
    name: string,
    pipeline: Pipeline<P, R> | string,
    options?: RunOptions<After>,
  ): TaskRef<FoundRun & { readonly result?: R }>;

  /**
   * Does its body again until the result will do, at least once; each turn is a task `name[0]`, `name[1]`, … that is
   * handed the result of the one before.
   */
  loop<R, const After extends readonly AnyRef[] = []>(
    name: string,
    options: LoopOptions<R, After>,
    body: (previous: R | undefined, ...values: [...Values<After>, TaskContext]) => R | Promise<R>,
  ): TaskRef<R>;
}
