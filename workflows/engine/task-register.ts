/**
 * Which tasks there are, under which names: new ones, those that the memo knows, and those that an earlier try of the
 * task around them has created. What has succeeded there stands; what has failed is tried again.
 */
import { taskLabel } from '../domain/activity-id.ts';
import { groupBy } from '../domain/group-by.ts';
import type { TaskRecord } from '../domain/run-record.ts';
import { hasEnded } from '../domain/trigger-rules.ts';
import { duplicateName } from './outcomes.ts';
import type { Runtime } from './runtime.ts';
import { createTask, recordOf, type Task, type TaskSpec } from './task.ts';

/** The body at work: which task's, in which try. */
interface Frame {
  readonly label: string;
  readonly try: number;
}

export interface Registered {
  readonly task: Task;
  /** False where it is under way already. */
  readonly isNew: boolean;
  /** What had its name before. */
  readonly replaces?: Task;
}

export class TaskRegister {
  readonly #runtime: Pick<Runtime, 'current' | 'toError'>;
  readonly #memo: ReadonlyMap<string, TaskRecord>;
  readonly #inMemoInside: ReadonlyMap<string, readonly TaskRecord[]>;
  /** In the order in which their names came up. */
  readonly #tasks = new Map<string, Task>();
  /** Names whose references the function, or the body of a task, has awaited. */
  readonly #awaited = new Map<string | undefined, Set<string>>();

  constructor(runtime: Pick<Runtime, 'current' | 'toError'>, memo: readonly TaskRecord[]) {
    this.#runtime = runtime;
    this.#memo = new Map(memo.map((task) => [labelOf(task), task]));
    this.#inMemoInside = groupBy(memo, ({ within }) => (within === undefined ? [] : [within]));
  }

  all(): Task[] {
    return [...this.#tasks.values()];
  }

  get(label: string): Task | undefined {
    return this.#tasks.get(label);
  }

  /** Whether the memo knows it as under way, and the function has not come to it yet. */
  isRecalled(label: string): boolean {
    const record = this.#memo.get(label);
    return record !== undefined && !hasEnded(record.state) && !this.#tasks.has(label);
  }

  /** @throws DuplicateTask where the same code has created one of that name */
  add(spec: TaskSpec): Registered {
    const label = taskLabel(spec.name, spec.index);
    const frame = this.#frame();
    const known = this.#tasks.get(label);
    if (known === undefined) return { task: this.#create(spec, frame, this.#memo.get(label)), isNew: true };
    if (known.within !== frame?.label || known.withinTry === frame?.try) {
      throw this.#runtime.toError(duplicateName(label));
    }
    const isLeftOver = (frame?.try ?? 0) < (known.withinTry ?? 0);
    if (isLeftOver) return { task: known, isNew: false };
    if (isUnderWay(known)) {
      if (frame !== undefined) known.withinTry = frame.try;
      return { task: known, isNew: false };
    }
    return { task: this.#create(spec, frame, recordOf(known)), isNew: true, replaces: known };
  }

  /** What its body creates comes after what this try awaits, not after what another has. */
  beginTry(task: Task): void {
    this.#awaited.delete(task.label);
  }

  /** For whoever awaits a reference: what they create once it has ended comes after the task. */
  reaching(task: Task): () => void {
    const frame = this.#frame()?.label;
    return () => {
      const awaited = this.#awaited.get(frame) ?? new Set();
      awaited.add(task.spec.name);
      this.#awaited.set(frame, awaited);
    };
  }

  /** Whose bodies the running code belongs to, the innermost first. */
  around(): Task[] {
    const tasks: Task[] = [];
    let task = this.#tasks.get(this.#frame()?.label ?? '');
    while (task !== undefined) {
      tasks.push(task);
      task = this.#tasks.get(task.within ?? '');
    }
    return tasks;
  }

  /** Created by its body. */
  inside({ label }: Task): Task[] {
    return this.all().filter(({ within }) => within === label);
  }

  /**
   * What has failed in an earlier try of a body, while the last one did without it: no failure of the run's.
   * @param ended where that is to be looked for, now that it has ended: inside it, and the task itself
   */
  leftBehindBy(ended: Task): Task[] {
    const outer = ended.within === undefined ? undefined : this.#tasks.get(ended.within);
    if (outer !== undefined && hasEnded(outer.progress.state) && isLeftBehind(ended, outer)) {
      return [ended, ...this.#failedInside(ended)];
    }
    if (ended.progress.tries < 2) return [];
    const left = this.inside(ended).filter((inner) => isLeftBehind(inner, ended));
    return left.flatMap((inner) => [inner, ...this.#failedInside(inner)]);
  }

  #failedInside(task: Task): Task[] {
    const failed = this.inside(task).filter(hasFailed);
    return failed.flatMap((inner) => [inner, ...this.#failedInside(inner)]);
  }

  /** Where a body is not run again, or not yet, what the memo has of its inside stays known. */
  records(): TaskRecord[] {
    const adopted = (label: string): TaskRecord[] =>
      (this.#inMemoInside.get(label) ?? []).flatMap((record) => {
        const own = labelOf(record);
        const known = { ...record, fromMemo: hasEnded(record.state) };
        return this.#tasks.has(own) ? [] : [known, ...adopted(own)];
      });
    return this.all().flatMap((task) => {
      const { fromMemo, state } = task.progress;
      return [recordOf(task), ...(fromMemo || !hasEnded(state) ? adopted(task.label) : [])];
    });
  }

  #create(spec: TaskSpec, frame: Frame | undefined, record: TaskRecord | undefined): Task {
    const upstream = spec.upstream.map((task) => task.spec.name);
    const awaited = this.#awaited.get(frame?.label) ?? [];
    const place = {
      after: [...new Set([...upstream, ...(spec.after ?? []), ...awaited])],
      ...(frame !== undefined && { within: frame.label, withinTry: frame.try }),
    };
    const task = createTask(spec, place, record);
    this.#tasks.set(task.label, task);
    return task;
  }

  #frame(): Frame | undefined {
    const context = this.#runtime.current();
    return context === undefined
      ? undefined
      : { label: taskLabel(context.name, context.index), try: context.try };
  }
}

function labelOf({ name, index }: TaskRecord): string {
  return taskLabel(name, index);
}

function isLeftBehind(inner: Task, outer: Task): boolean {
  const { tries, state } = outer.progress;
  return hasFailed(inner) && (state === 'removed' || (inner.withinTry ?? tries) < tries);
}

function hasFailed({ progress: { state } }: Task): boolean {
  return state === 'failed' || state === 'upstream_failed';
}

/** Whether it has begun, be it to wait for its turn, and has not ended. */
function isUnderWay({ progress: { state, queuedAt } }: Task): boolean {
  return !hasEnded(state) && queuedAt !== undefined;
}
