/**
 * The heart of a run, free of Temporal: tasks start when their trigger rule says so and end in one of Airflow's
 * states. What stands in the memo is not done again. When the run should go on in a new history, no task starts,
 * running ones finish, and `parked` says so; what waits goes on waiting there.
 */
import { taskLabel } from '../domain/activity-id.ts';
import type { RecordedError, TaskRecord } from '../domain/run-record.ts';
import { hasEnded, judge, type EndState } from '../domain/trigger-rules.ts';
import { AT_ONCE } from './at-once.ts';
import { Course } from './course.ts';
import { because, outcomeNow, upstreamFailed } from './outcomes.ts';
import { refuseNestedTurn } from './pool-turn.ts';
import { Recall } from './recall.ts';
import { Skipped, type Outcome } from './references.ts';
import { createResults, type Results } from './results.ts';
import type { Runtime } from './runtime.ts';
import { TaskRegister } from './task-register.ts';
import type { Task, TaskSpec } from './task.ts';
import { Tries, type TriesOptions } from './tries.ts';

export interface SchedulerOptions extends TriesOptions {
  readonly memo: readonly TaskRecord[];
  /** In a slice of a map only the map of this label runs; all else comes from the memo, or not at all. */
  readonly only?: string;
}

export class Scheduler {
  readonly #runtime: Runtime;
  readonly #only: string | undefined;
  readonly #register: TaskRegister;
  readonly #course: Course;
  readonly #tries: Tries;
  readonly #recall: Recall;
  readonly #results: Results;
  readonly #running = new Set<Task>();
  readonly #awaited = new Set<Task>();
  readonly #parked = new Set<Task>();
  #open = 0;
  #changes = 0;
  #ended: number;
  #allEnded = (): void => undefined;
  #allParked = (): void => undefined;
  /** Resolves when what is left can only run in a new history. */
  readonly parked = new Promise<void>((resolve) => {
    this.#allParked = resolve;
  });

  constructor(options: SchedulerOptions) {
    const { runtime, memo, only } = options;
    this.#runtime = runtime;
    this.#only = only;
    this.#register = new TaskRegister(runtime, memo);
    this.#course = new Course(() => runtime.shouldContinue());
    this.#results = createResults(runtime.ledger);
    const isAwaited = (task: Task): boolean => this.#awaited.has(task);
    this.#recall = new Recall({ runtime, results: this.#results, isAwaited });
    this.#ended = memo.reduce((last, { endOrder = 0 }) => Math.max(last, endOrder), 0);
    this.#tries = new Tries(options, {
      course: this.#course,
      isDraining: () => this.isDraining(),
      become: (task, state) => this.#become(task, state),
      end: (task, state, outcome) => this.#end(task, state, outcome),
      park: (task) => this.#park(task),
      begins: (task) => this.#register.beginTry(task),
      inside: (task) => this.#register.inside(task),
    });
  }

  get tasks(): readonly Task[] {
    return this.#register.all();
  }

  add(spec: TaskSpec): Task {
    refuseNestedTurn(this.#runtime, taskLabel(spec.name, spec.index), spec.pool, this.#register.around());
    const { task, isNew, replaces } = this.#register.add(spec);
    if (!isNew) return task;
    if (replaces !== undefined) this.#withdraw(replaces);
    if (hasEnded(task.progress.state)) this.#recall.end(task);
    else this.#wait(task);
    this.#runtime.changed(task);
    return task;
  }

  /** Of a task that has ended or not; never rejects. */
  async outcome(task: Task): Promise<Outcome<unknown>> {
    return outcomeNow(task) ?? { state: 'success', value: await this.#results.of(task) };
  }

  /** Tasks that somebody is waiting for, by awaiting their reference. */
  awaited(): readonly Task[] {
    return [...this.#awaited];
  }

  /** For dry runs: the task ends without having run. */
  pretend(task: Task, result: unknown): void {
    this.#end(task, 'success', { result });
  }

  /** For whoever awaits a reference: what they create afterwards comes after the task. */
  async settled(task: Task): Promise<Outcome<unknown>> {
    const reached = this.#register.reaching(task);
    this.#awaited.add(task);
    if (task.progress.stored !== undefined) void this.#results.of(task).catch(() => undefined);
    await task.whenEnded();
    this.#awaited.delete(task);
    const outcome = await this.outcome(task);
    reached();
    return outcome;
  }

  /** The value, or what awaiting the reference throws. */
  async value(task: Task): Promise<unknown> {
    const outcome = await this.settled(task);
    if (outcome.state === 'success') return outcome.value;
    if (outcome.state === 'skipped') throw new Skipped(outcome.reason);
    const { error, final } = task.progress;
    task.thrown ??= this.#runtime.toError(error ?? upstreamFailed(task), final === true);
    throw task.thrown;
  }

  /** Resolves when all tasks so far have ended; never where some are parked. */
  async settle(): Promise<void> {
    while (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#allEnded = resolve;
      });
    }
  }

  /** What has not started never will; what is running is ended by whoever cancelled it. */
  cancel(why: RecordedError): void {
    this.#course.cancel(why);
    for (const task of this.#parked) this.#end(task, 'failed', { error: why });
    for (const task of this.tasks) this.#consider(task);
  }

  /** Tasks whose failure is the run's. */
  failures(): readonly Task[] {
    return this.tasks.filter(({ progress, spec }) => progress.state === 'failed' && !spec.mayFail);
  }

  /** From here on tasks start again, whatever came before: the stage of `finally`. */
  enterTeardown(): void {
    this.#course.enterTeardown();
  }

  /** Whether the run has begun to make itself ready for a new history. */
  isDraining(): boolean {
    if (this.#course.beginsToDrain()) this.#notice();
    return this.#course.isDraining;
  }

  /** Whether the memo knows it as under way, and the function has not come to it yet. */
  isRecalled(label: string): boolean {
    return this.#register.isRecalled(label);
  }

  /** What a task has waited for is there; its body is told by whoever calls this. */
  arrive(task: Task, arrived: unknown): void {
    task.progress.arrived = arrived;
    this.#changes += 1;
  }

  /** Whether all that it does is wait: for something outside the run, or for somebody to decide. */
  isWaiting(): boolean {
    const busy = [...this.#running].filter((task) => task.openInside === 0);
    return (
      busy.length > 0 &&
      busy.every(({ progress }) => progress.state === 'deferred' || progress.held !== undefined)
    );
  }

  /** How often any task has changed: what was read before another change is out of date. */
  get changes(): number {
    return this.#changes;
  }

  records(): TaskRecord[] {
    return this.#register.records();
  }

  #wait(task: Task): void {
    if (this.#isDormant(task)) return;
    this.#open += 1;
    const outer = task.within === undefined ? undefined : this.#register.get(task.within);
    if (outer !== undefined) outer.openInside += 1;
    task.followers.push(() => {
      if (outer !== undefined) outer.openInside -= 1;
    });
    for (const upstream of task.spec.upstream) upstream.followers.push(() => this.#consider(task));
    this.#consider(task);
  }

  #consider(task: Task): void {
    if (task.progress.state !== 'scheduled' || this.#running.has(task)) return;
    if (this.#isDormant(task)) return;
    if (this.#course.isCancelled) {
      this.#end(task, 'upstream_failed', { reason: `${this.#course.why.message} before this started` });
      return;
    }
    const verdict = judge(
      task.spec.when,
      task.spec.upstream.map(({ progress }) => progress.state),
    );
    if (verdict === 'wait') return;
    if (verdict === 'run') this.#run(task);
    else this.#end(task, verdict, because(task, verdict));
  }

  #run(task: Task): void {
    this.#running.add(task);
    task.progress.queuedAt ??= this.#timestamp();
    const { upstream } = task.spec;
    const known = upstream.map((one) => outcomeNow(one));
    const areKnown = known.every((outcome) => outcome !== undefined);
    // Never at once: the author's function may still have to define what the body refers to.
    if (areKnown) void AT_ONCE.then(() => this.#tries.run(task, known));
    else void this.#runWith(task, upstream);
  }

  /** Some of the values have to be fetched first. */
  async #runWith(task: Task, upstream: readonly Task[]): Promise<void> {
    this.#tries.run(task, await Promise.all(upstream.map((one) => this.outcome(one))));
  }

  #end(task: Task, state: EndState, outcome: Partial<Task['progress']>): void {
    const { progress } = task;
    delete progress.reason;
    delete progress.waitsUntil;
    delete progress.arrived;
    delete progress.note;
    if (state === 'success') delete progress.error;
    Object.assign(progress, outcome);
    progress.endedAt = this.#timestamp();
    progress.endOrder = this.#ended += 1;
    this.#running.delete(task);
    this.#open -= 1;
    this.#become(task, state);
    for (const one of this.#register.leftBehindBy(task)) this.#become(one, 'removed');
    task.end();
    for (const follower of task.followers) follower();
    this.#notice();
  }

  /** Its task is tried again, and creates it anew before it has started. */
  #withdraw(task: Task): void {
    const reason = `${task.within ?? 'what created it'} is tried again`;
    if (!hasEnded(task.progress.state)) this.#end(task, 'upstream_failed', { reason });
  }

  #park(task: Task): void {
    this.#running.delete(task);
    this.#parked.add(task);
    this.#notice();
  }

  #become(task: Task, state: Task['progress']['state']): void {
    task.progress.state = state;
    this.#changes += 1;
    this.#runtime.changed(task);
  }

  /** What waits, for tasks of its own or for the world, is begun again in the new history: it holds nothing up. */
  #notice(): void {
    if (this.#open === 0) this.#allEnded();
    if (this.#parked.size === 0 && !this.#course.isDraining) return;
    const held = [...this.#running].filter((task) => task.openInside === 0);
    const waiting = held.filter(({ progress }) => progress.state === 'deferred' && !('arrived' in progress));
    if (held.length > waiting.length) return;
    if (this.#parked.size > 0 || waiting.length > 0) this.#allParked();
  }

  /** In a slice: whatever is neither the map nor something inside it. */
  #isDormant({ label, within }: Task): boolean {
    if (this.#only === undefined || label === this.#only) return false;
    return within === undefined || this.#isDormantLabel(within);
  }

  #isDormantLabel(label: string): boolean {
    const task = this.#register.get(label);
    return task === undefined || this.#isDormant(task);
  }

  #timestamp(): string {
    return new Date(this.#runtime.now()).toISOString();
  }
}
