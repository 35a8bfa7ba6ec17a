/**
 * A task's way from the moment its trigger rule lets it start to its end: it waits until a try is due and for its
 * turn, its body runs, and what comes of that is success, another try, a decision of somebody's, or failure.
 */
import { formatDuration, milliseconds } from '../domain/duration.ts';
import { createRandom } from '../domain/random.ts';
import { decideRetry } from '../domain/retry.ts';
import type { RecordedError } from '../domain/run-record.ts';
import { hasEnded, type EndState } from '../domain/trigger-rules.ts';
import type { Place } from './admission.ts';
import type { Course } from './course.ts';
import { isExhausted } from './default-retries.ts';
import type { Holds } from './holds.ts';
import { CANCELLED, innermost } from './outcomes.ts';
import { endTurn, takeTurn } from './pool-turn.ts';
import { Skipped, type Outcome } from './references.ts';
import { checkedResult } from './result-size.ts';
import type { Runtime, TaskContext } from './runtime.ts';
import { isWait, type Task } from './task.ts';

/** Thrown by a body that will be taken up again in a new history, from what its record says. */
export class Parked extends Error {
  override readonly name = 'Parked';
}

export interface TriesOptions {
  readonly runtime: Runtime;
  /** `<run>/<attempt>`, from which the tasks' keys are made. */
  readonly attemptKey: string;
  /** The run's place among those at work; a run that only waits has given it to others. */
  readonly place?: () => Place | undefined;
  /** Where failures are held instead of ending the run. */
  readonly holds?: Holds;
}

/** What becomes of the task is the run's business. */
export interface TriesOf {
  readonly course: Course;
  isDraining(): boolean;
  /** It is to be taken up again in a new history. */
  park(task: Task): void;
  become(task: Task, state: Task['progress']['state']): void;
  end(task: Task, state: EndState, outcome: Partial<Task['progress']>): void;
  /** A body is about to run from its top. */
  begins(task: Task): void;
  /** Created by its body. */
  inside(task: Task): readonly Task[];
}

type Due = 'now' | 'in a new history' | 'cancelled' | 'over';

const CANCELLED_AROUND: RecordedError = {
  type: 'Cancelled',
  message: 'it was cancelled together with the try of the task around it',
};

export class Tries {
  readonly #options: TriesOptions;
  readonly #runtime: Runtime;
  readonly #run: TriesOf;

  constructor(options: TriesOptions, run: TriesOf) {
    this.#options = options;
    this.#runtime = options.runtime;
    this.#run = run;
  }

  /**
   * Tries it until it has ended or is parked. Most tries are due at once, and what comes of them is seen to by
   * callbacks: the sandbox traces each promise that is made, and a run has many tasks.
   */
  run(task: Task, outcomes: readonly Outcome<unknown>[]): void {
    if (hasEnded(task.progress.state)) return;
    const { holds } = this.#options;
    if (task.progress.held !== undefined && holds !== undefined) void this.#resolved(task, outcomes, holds);
    else if (this.#isDue(task) && !this.#needsTurn(task)) this.#try(task, outcomes);
    else void this.#wait(task, outcomes);
  }

  async #wait(task: Task, outcomes: readonly Outcome<unknown>[]): Promise<void> {
    const ready = this.#isDue(task) ? 'now' : await this.#due(task);
    const due = ready === 'now' && this.#needsTurn(task) ? await this.#turn(task) : ready;
    if (due === 'now') this.#try(task, outcomes);
    else if (due === 'in a new history') this.#run.park(task);
    else {
      if (due === 'cancelled') this.#run.end(task, 'failed', { error: this.#whyCancelled(task) });
      this.run(task, outcomes);
    }
  }

  #isDue({ progress: { retryAt } }: Task): boolean {
    return !this.#run.isDraining() && (retryAt === undefined || Date.parse(retryAt) <= this.#runtime.now());
  }

  /** Waits for the time of the next try. */
  async #due(task: Task): Promise<Due> {
    const { label, progress } = task;
    if (this.#run.isDraining() || progress.retryAt === undefined) return 'in a new history';
    const wait = Date.parse(progress.retryAt) - this.#runtime.now();
    const slept = this.#runtime.sleep(wait, `${label}: try ${progress.tries + 1}`).then(
      () => 'now' as const,
      () => 'cancelled' as const,
    );
    const due = await Promise.race([slept, this.#run.course.drained]);
    return due === 'now' && progress.error?.type === 'TaskTimeout' ? this.#emptied(task) : due;
  }

  /** What a try has begun that was cut short is cancelled: it must be over before the next one comes to it. */
  #emptied(task: Task): Promise<Due> {
    const inside = this.#run.inside(task).filter(({ progress }) => !hasEnded(progress.state));
    const over = Promise.all(inside.map((one) => one.whenEnded())).then(() => 'now' as const);
    return Promise.race([over, this.#run.course.drained]);
  }

  #needsTurn({ spec }: Task): boolean {
    return spec.pool !== undefined || (this.#options.place?.()?.isHeld === false && !isWait(spec.kind));
  }

  /** Waits for the run's place and the slots of the task's pool; over, where it never gets them. */
  async #turn(task: Task): Promise<Due> {
    this.#run.become(task, 'queued');
    try {
      const place = this.#options.place?.();
      const turn = await takeTurn(this.#runtime, task, place, this.#run.course.drained);
      // Others may have to wait for a new history; what was granted is run in this one, for it holds slots.
      this.#run.isDraining();
      return turn;
    } catch (error) {
      this.#fail(task, error);
      return 'over';
    }
  }

  #try(task: Task, outcomes: readonly Outcome<unknown>[]): void {
    const { progress, spec } = task;
    delete progress.retryAt;
    delete progress.reason;
    if (progress.resumes === undefined) {
      progress.tries += 1;
      progress.startedAt = this.#timestamp();
    }
    delete progress.resumes;
    this.#run.begins(task);
    this.#run.become(task, isWait(spec.kind) ? 'deferred' : 'running');
    const succeeded = (value: unknown): void => {
      this.#succeed(task, value);
      this.#leave(task);
      this.run(task, outcomes);
    };
    const failed = (error: unknown): void => {
      if (!(error instanceof Parked)) this.#fail(task, error);
      this.#leave(task);
      if (error instanceof Parked) this.#run.park(task);
      else this.run(task, outcomes);
    };
    try {
      void Promise.resolve(this.#entered(task, outcomes)).then(succeeded, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** The body at work, for as long as it may take. */
  #entered(task: Task, outcomes: readonly Outcome<unknown>[]): unknown {
    const context = this.#context(task);
    const { retries, timeout } = task.spec;
    const ruled = (retries.on ?? []).map(({ error }) => error);
    const body = (): unknown => task.spec.body(outcomes, context, task);
    const guarded =
      timeout === undefined ? body : () => this.#runtime.within(milliseconds(timeout), async () => body());
    return this.#runtime.enter(context, ruled, guarded);
  }

  #leave(task: Task): void {
    const { pool } = task.spec;
    if (pool !== undefined) endTurn(this.#runtime, task, pool);
  }

  #succeed(task: Task, value: unknown): void {
    const result = checkedResult(task.label, value);
    if (!result.ok) {
      this.#failForGood(task, result.error, true);
      return;
    }
    task.progress.bytes = result.bytes;
    this.#run.end(task, 'success', { result: result.value });
  }

  #fail(task: Task, error: unknown): void {
    const { progress, spec } = task;
    if (error instanceof Skipped) {
      this.#run.end(task, 'skipped', error.reason === undefined ? {} : { reason: error.reason });
      return;
    }
    const causes = this.#runtime.causesOf(error);
    progress.error = innermost(causes);
    if (this.#run.course.isCancelled || this.#runtime.isCancellation(error)) {
      this.#run.end(task, 'failed', { error: this.#whyCancelled(task) });
      return;
    }
    const random = createRandom(`${this.#options.attemptKey}/${task.label}/${progress.tries}`);
    const tries = progress.tries - (progress.spent ?? 0);
    const decision = decideRetry(spec.retries, tries, causes, random());
    const exhausted = isExhausted(task, decision, error, () => this.#run.inside(task));
    if (decision.kind === 'retry' && !exhausted) this.#tryAgain(task, decision.delayMs);
    else {
      const isFinal = decision.kind === 'fail' && decision.reason !== 'exhausted';
      this.#failForGood(task, progress.error, isFinal, exhausted);
    }
  }

  #tryAgain(task: Task, delayMs: number): void {
    const { progress } = task;
    const now = this.#runtime.now();
    const left = progress.waitsUntil === undefined ? Infinity : Date.parse(progress.waitsUntil) - now;
    const delay = Math.min(delayMs, Math.max(0, left));
    progress.retryAt = new Date(now + delay).toISOString();
    progress.reason = `next try after ${formatDuration(delay)}`;
    delete progress.note;
    this.#run.become(task, 'up_for_retry');
  }

  #failForGood(task: Task, error: RecordedError, isFinal: boolean, exhausted = false): void {
    const { holds } = this.#options;
    task.progress.error = error;
    if (this.#run.course.isTeardown || holds === undefined || !holds.takes(task)) {
      const marks = {
        ...(isFinal && { final: true as const }),
        ...(exhausted && { exhausted: true as const }),
      };
      this.#run.end(task, 'failed', { error, ...marks });
      return;
    }
    // Whoever has it tried again gives it its time again.
    delete task.progress.waitsUntil;
    holds.hold(task);
    this.#run.become(task, 'deferred');
  }

  /** Waits for the decision on a held task, and does as it says; or leaves that to a new history. */
  async #resolved(task: Task, outcomes: readonly Outcome<unknown>[], holds: Holds): Promise<void> {
    const { course } = this.#run;
    if (task.progress.state !== 'deferred') this.#run.become(task, 'deferred');
    const said = await Promise.race([holds.decision(task), course.drained]);
    if (said === 'in a new history') {
      this.#run.park(task);
      return;
    }
    if (said.kind === 'retry') this.#run.become(task, 'scheduled');
    else if (said.kind === 'success') this.#succeed(task, said.value);
    else if (course.isCancelled) this.#run.end(task, said.kind, { error: course.why });
    // It was for somebody to have it tried again, and they have not.
    else this.#run.end(task, said.kind, { ...said.outcome, ...(said.kind === 'failed' && { final: true }) });
    this.run(task, outcomes);
  }

  #whyCancelled({ within }: Task): RecordedError {
    const { isCancelled, why } = this.#run.course;
    if (isCancelled) return why;
    return within === undefined ? CANCELLED : CANCELLED_AROUND;
  }

  #context(task: Task): TaskContext {
    const { spec, progress } = task;
    const { name, index } = spec;
    const key = [this.#options.attemptKey, name, ...(index ?? [])].join('/');
    const note = (text: string): void => {
      progress.note = text;
      this.#runtime.changed(task);
    };
    const context = { name, try: progress.tries, key, note };
    return index === undefined ? context : { ...context, index };
  }

  #timestamp(): string {
    return new Date(this.#runtime.now()).toISOString();
  }
}
