/**
 * The heart of a run, free of Temporal: tasks start when their trigger rule says so, are tried again as declared,
 * and end in one of Airflow's states. What stands in the memo is not done again. When the run should go on in a new
 * history, no task starts, running ones finish, and `parked` says so; what waits goes on waiting there.
 */
import { taskLabel } from '../domain/activity-id.ts';
import { formatDuration, milliseconds } from '../domain/duration.ts';
import { groupBy } from '../domain/group-by.ts';
import { createRandom } from '../domain/random.ts';
import { decideRetry } from '../domain/retry.ts';
import type { RecordedError, TaskRecord } from '../domain/run-record.ts';
import { hasEnded, judge, type EndState } from '../domain/trigger-rules.ts';
import type { Place } from './admission.ts';
import type { Holds } from './holds.ts';
import { because, CANCELLED, duplicateName, innermost, outcomeNow, upstreamFailed } from './outcomes.ts';
import { endTurn, takeTurn } from './pool-turn.ts';
import { Skipped, type Outcome } from './references.ts';
import { checkedResult } from './result-size.ts';
import { createResults, type Results } from './results.ts';
import type { Runtime, TaskContext } from './runtime.ts';
import { createTask, isWait, recordOf, type Task, type TaskSpec } from './task.ts';

/** Thrown by a body that will be taken up again in a new history, from what its record says. */
export class Parked extends Error {
  override readonly name = 'Parked';
}

export interface SchedulerOptions {
  readonly runtime: Runtime;
  /** `<run>/<attempt>`, from which the tasks' keys are made. */
  readonly attemptKey: string;
  readonly memo: readonly TaskRecord[];
  /** The run's place among those at work; a run that only waits has given it to others. */
  readonly place?: () => Place | undefined;
  /** In a slice of a map only the map of this label runs; all else comes from the memo, or not at all. */
  readonly only?: string;
  /** Where failures are held instead of ending the run. */
  readonly holds?: Holds;
}

type Stage = 'open' | 'draining' | 'cancelled' | 'teardown';

export class Scheduler {
  readonly tasks: Task[] = [];
  readonly #runtime: Runtime;
  readonly #options: SchedulerOptions;
  readonly #memo: ReadonlyMap<string, TaskRecord>;
  readonly #labels = new Map<string, Task>();
  readonly #running = new Set<Task>();
  readonly #awaited = new Set<Task>();
  readonly #reached = new Map<string | undefined, Set<string>>();
  readonly #results: Results;
  readonly #parked = new Set<Task>();
  #open = 0;
  #changes = 0;
  #stage: Stage = 'open';
  #cancelled = CANCELLED;
  #stopBackoffs = (): void => undefined;
  readonly #drained = new Promise<'in a new history'>((resolve) => {
    this.#stopBackoffs = () => resolve('in a new history');
  });
  #noticed = (): void => undefined;
  #allParked = (): void => undefined;
  /** Resolves when what is left can only run in a new history. */
  readonly parked = new Promise<void>((resolve) => {
    this.#allParked = resolve;
  });

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#runtime = options.runtime;
    this.#results = createResults(options.runtime.ledger);
    this.#memo = new Map(options.memo.map((task) => [taskLabel(task.name, task.index), task]));
  }

  add(spec: TaskSpec): Task {
    const label = taskLabel(spec.name, spec.index);
    if (this.#labels.has(label)) throw this.#runtime.toError(duplicateName(label));
    const within = this.#frame();
    const awaited = this.#reached.get(within) ?? [];
    const upstream = spec.upstream.map((task) => task.spec.name);
    const after = [...new Set([...upstream, ...(spec.after ?? []), ...awaited])];
    const place = within === undefined ? { after } : { after, within };
    const task = createTask(spec, place, this.#memo.get(label));
    this.#labels.set(label, task);
    this.tasks.push(task);
    if (hasEnded(task.progress.state)) task.end();
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
    const frame = this.#frame();
    this.#awaited.add(task);
    await task.ended;
    this.#awaited.delete(task);
    const outcome = await this.outcome(task);
    this.#reachedBy(frame).add(task.spec.name);
    return outcome;
  }

  /** The value, or what awaiting the reference throws. */
  async value(task: Task): Promise<unknown> {
    const outcome = await this.settled(task);
    if (outcome.state === 'success') return outcome.value;
    if (outcome.state === 'skipped') throw new Skipped(outcome.reason);
    task.thrown ??= this.#runtime.toError(task.progress.error ?? upstreamFailed(task));
    throw task.thrown;
  }

  /** Resolves when all tasks so far have ended; never where some are parked. */
  async settle(): Promise<void> {
    while (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    }
  }

  /** What has not started never will; what is running is ended by whoever cancelled it. */
  cancel(why: RecordedError): void {
    this.#stage = 'cancelled';
    this.#cancelled = why;
    for (const task of this.#parked) this.#end(task, 'failed', { error: why });
    for (const task of this.tasks) this.#consider(task);
  }

  /** Tasks whose failure is the run's. */
  failures(): readonly Task[] {
    return this.tasks.filter(({ progress, spec }) => progress.state === 'failed' && !spec.mayFail);
  }

  /** From here on tasks start again, whatever came before: the stage of `finally`. */
  enterTeardown(): void {
    this.#stage = 'teardown';
  }

  /** Whether the run has begun to make itself ready for a new history. */
  isDraining(): boolean {
    if (this.#stage === 'open' && this.#runtime.shouldContinue()) {
      this.#stage = 'draining';
      this.#stopBackoffs();
      this.#notice();
    }
    return this.#stage === 'draining';
  }

  /** Whether the memo knows it as under way, and the function has not come to it yet. */
  isRecalled(label: string): boolean {
    const record = this.#memo.get(label);
    return record !== undefined && !hasEnded(record.state) && !this.#labels.has(label);
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
    const inside = groupBy(this.#options.memo, ({ within }) => (within === undefined ? [] : [within]));
    const adopted = (label: string): TaskRecord[] =>
      (inside.get(label) ?? []).flatMap((record) => {
        const own = taskLabel(record.name, record.index);
        return this.#labels.has(own) ? [] : [{ ...record, fromMemo: true }, ...adopted(own)];
      });
    return this.tasks.flatMap((task) => [
      recordOf(task),
      ...(task.progress.fromMemo ? adopted(task.label) : []),
    ]);
  }

  #wait(task: Task): void {
    if (this.#isDormant(task)) return;
    this.#open += 1;
    const outer = task.within === undefined ? undefined : this.#labels.get(task.within);
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
    if (this.#stage === 'cancelled') {
      this.#end(task, 'upstream_failed', { reason: `${this.#cancelled.message} before this started` });
      return;
    }
    const verdict = judge(
      task.spec.when,
      task.spec.upstream.map(({ progress }) => progress.state),
    );
    if (verdict === 'wait') return;
    if (verdict === 'run') void this.#run(task);
    else this.#end(task, verdict, because(task, verdict));
  }

  /** Few promises on the way: the sandbox traces each of them, and a run has many tasks. */
  async #run(task: Task): Promise<void> {
    this.#running.add(task);
    task.progress.queuedAt ??= this.#timestamp();
    const { upstream } = task.spec;
    const known = upstream.map((one) => outcomeNow(one));
    const areKnown = known.every((outcome) => outcome !== undefined);
    // Never at once: the author's function may still have to define what the body refers to.
    const outcomes = await (areKnown ? known : Promise.all(upstream.map((one) => this.outcome(one))));
    while (!hasEnded(task.progress.state)) {
      if (!(await this.#step(task, outcomes))) {
        this.#park(task);
        return;
      }
    }
  }

  /** One try, or one decision of somebody's. False when it is to be taken up again in a new history. */
  async #step(task: Task, outcomes: readonly Outcome<unknown>[]): Promise<boolean> {
    const { holds } = this.#options;
    if (task.progress.held !== undefined && holds !== undefined) return this.#resolved(task, holds);
    const ready = this.#isDue(task) ? 'now' : await this.#due(task);
    const due = ready === 'now' && this.#needsTurn(task) ? await this.#turn(task) : ready;
    if (due === 'cancelled') this.#end(task, 'failed', { error: this.#cancelled });
    return due === 'now' ? this.#try(task, outcomes) : due !== 'in a new history';
  }

  #isDue({ progress: { retryAt } }: Task): boolean {
    return !this.isDraining() && (retryAt === undefined || Date.parse(retryAt) <= this.#runtime.now());
  }

  /** Waits for the time of the next try. */
  async #due({ label, progress }: Task): Promise<'now' | 'in a new history' | 'cancelled'> {
    if (this.isDraining() || progress.retryAt === undefined) return 'in a new history';
    const wait = Date.parse(progress.retryAt) - this.#runtime.now();
    const slept = this.#runtime.sleep(wait, `${label}: try ${progress.tries + 1}`).then(
      () => 'now' as const,
      () => 'cancelled' as const,
    );
    return Promise.race([slept, this.#drained]);
  }

  #needsTurn({ spec }: Task): boolean {
    return spec.pool !== undefined || (this.#options.place?.()?.isHeld === false && !isWait(spec.kind));
  }

  /** Waits for the run's place and the slots of the task's pool; over, where it never gets them. */
  async #turn(task: Task): Promise<'now' | 'in a new history' | 'over'> {
    this.#become(task, 'queued');
    try {
      const place = this.#options.place?.();
      const turn = await takeTurn(this.#runtime, task, place, this.#drained);
      // Others may have to wait for a new history; what was granted is run in this one, for it holds slots.
      this.isDraining();
      return turn;
    } catch (error) {
      this.#fail(task, error);
      return 'over';
    }
  }

  /** False when the body wants to be taken up again in a new history. */
  async #try(task: Task, outcomes: readonly Outcome<unknown>[]): Promise<boolean> {
    const { progress, spec } = task;
    delete progress.retryAt;
    if (progress.resumes === undefined) {
      progress.tries += 1;
      progress.startedAt = this.#timestamp();
    }
    delete progress.resumes;
    this.#become(task, isWait(spec.kind) ? 'deferred' : 'running');
    const context = this.#context(task);
    const ruled = (spec.retries.on ?? []).map(({ error }) => error);
    const { timeout } = spec;
    const body = (): unknown => spec.body(outcomes, context, task);
    const guarded =
      timeout === undefined ? body : () => this.#runtime.within(milliseconds(timeout), async () => body());
    try {
      this.#succeed(task, await this.#runtime.enter(context, ruled, guarded));
    } catch (error) {
      if (error instanceof Parked) return false;
      this.#fail(task, error);
    } finally {
      if (spec.pool !== undefined) endTurn(this.#runtime, task, spec.pool);
    }
    return true;
  }

  #succeed(task: Task, value: unknown): void {
    const result = checkedResult(task.label, value);
    if (!result.ok) {
      this.#failForGood(task, result.error);
      return;
    }
    task.progress.bytes = result.bytes;
    this.#end(task, 'success', { result: result.value });
  }

  #fail(task: Task, error: unknown): void {
    const { progress, spec } = task;
    if (error instanceof Skipped) {
      this.#end(task, 'skipped', error.reason === undefined ? {} : { reason: error.reason });
      return;
    }
    const causes = this.#runtime.causesOf(error);
    progress.error = innermost(causes);
    if (this.#stage === 'cancelled' || this.#runtime.isCancellation(error)) {
      this.#end(task, 'failed', { error: this.#cancelled });
      return;
    }
    const random = createRandom(`${this.#options.attemptKey}/${task.label}/${progress.tries}`);
    const decision = decideRetry(spec.retries, progress.tries, causes, random());
    if (decision.kind === 'fail') {
      this.#failForGood(task, progress.error);
      return;
    }
    const now = this.#runtime.now();
    const left = progress.waitsUntil === undefined ? Infinity : Date.parse(progress.waitsUntil) - now;
    const delay = Math.min(decision.delayMs, Math.max(0, left));
    progress.retryAt = new Date(now + delay).toISOString();
    progress.reason = `next try after ${formatDuration(delay)}`;
    delete progress.note;
    this.#become(task, 'up_for_retry');
  }

  #failForGood(task: Task, error: RecordedError): void {
    const { holds } = this.#options;
    task.progress.error = error;
    if (this.#stage === 'teardown' || holds === undefined || !holds.takes(task)) {
      this.#end(task, 'failed', { error });
      return;
    }
    // Whoever has it tried again gives it its time again.
    delete task.progress.waitsUntil;
    holds.hold(task);
    this.#become(task, 'deferred');
  }

  /** Waits for the decision on a held task, and does as it says. False where that is left to a new history. */
  async #resolved(task: Task, holds: Holds): Promise<boolean> {
    if (task.progress.state !== 'deferred') this.#become(task, 'deferred');
    const said = await Promise.race([holds.decision(task), this.#drained]);
    if (said === 'in a new history') return false;
    if (said.kind === 'retry') this.#become(task, 'scheduled');
    else if (said.kind === 'success') this.#succeed(task, said.value);
    else this.#end(task, said.kind, this.#stage === 'cancelled' ? { error: this.#cancelled } : said.outcome);
    return true;
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
    this.#running.delete(task);
    this.#open -= 1;
    this.#become(task, state);
    task.end();
    for (const follower of task.followers) follower();
    this.#notice();
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
    this.#noticed();
    if (this.#parked.size === 0 && this.#stage !== 'draining') return;
    const held = [...this.#running].filter((task) => task.openInside === 0);
    const waiting = held.filter(({ progress }) => progress.state === 'deferred' && !('arrived' in progress));
    if (held.length > waiting.length) return;
    if (this.#parked.size > 0 || waiting.length > 0) this.#allParked();
  }

  /** In a slice: whatever is neither the map nor something inside it. */
  #isDormant({ label, within }: Task): boolean {
    const { only } = this.#options;
    if (only === undefined || label === only) return false;
    return within === undefined || this.#isDormantLabel(within);
  }

  #isDormantLabel(label: string): boolean {
    const task = this.#labels.get(label);
    return task === undefined || this.#isDormant(task);
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

  #frame(): string | undefined {
    const context = this.#runtime.current();
    return context === undefined ? undefined : taskLabel(context.name, context.index);
  }

  #reachedBy(frame: string | undefined): Set<string> {
    const reached = this.#reached.get(frame) ?? new Set();
    this.#reached.set(frame, reached);
    return reached;
  }

  #timestamp(): string {
    return new Date(this.#runtime.now()).toISOString();
  }
}
