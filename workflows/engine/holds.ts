/**
 * Failed tasks of a run that holds them: each waits until somebody decides about it, or until its time is over, and
 * all that comes after it waits with it. What is not decided travels into a new history.
 */
import { taskLabel } from '../domain/activity-id.ts';
import { inWords, type RecordedResolution, type Resolution } from '../domain/resolution.ts';
import type { MapSlice, TaskRecord } from '../domain/run-record.ts';
import { CANCELLED } from './outcomes.ts';
import type { Runtime } from './runtime.ts';
import type { Task } from './task.ts';

export interface HoldOptions {
  readonly runtime: Pick<Runtime, 'now' | 'sleep'>;
  /** Milliseconds, from the failure on. */
  readonly holdFor: number;
  /** What the run remembers of an earlier history: tasks that wait are known before they are created again. */
  readonly memo: readonly TaskRecord[];
  /** Told whenever the first task is held, and when the last one is no longer. */
  readonly changed: (isHeld: boolean) => void;
}

type Verdict =
  | { readonly kind: 'retry' }
  | { readonly kind: 'success'; readonly value: unknown }
  | { readonly kind: 'skipped' | 'failed'; readonly outcome: Partial<Task['progress']> };

export class Holds {
  readonly #options: HoldOptions;
  readonly #waiting: Set<string>;
  readonly #decided = new Map<string, RecordedResolution>();
  readonly #listeners = new Map<string, () => void>();

  constructor(options: HoldOptions) {
    this.#options = options;
    this.#waiting = new Set(
      options.memo.flatMap((task) => (task.held === undefined ? [] : [taskLabel(task.name, task.index)])),
    );
  }

  /** Labels of the tasks that somebody has to decide about. */
  waiting(): readonly string[] {
    return [...this.#waiting].filter((label) => !this.#decided.has(label));
  }

  /** Whether a failure of this task is held. */
  takes({ spec, progress }: Task): boolean {
    // Of its items each was held by itself.
    if (progress.error?.type === 'ItemsFailed' && progress.items === undefined) return false;
    return spec.kind !== 'finally' && (spec.mayHold ?? !spec.mayFail);
  }

  hold(task: Task): void {
    const { runtime, holdFor } = this.#options;
    const until = new Date(runtime.now() + holdFor).toISOString();
    task.progress.held = { until };
    task.progress.reason = `held until ${until} for somebody to decide`;
    this.#waiting.add(task.label);
    if (this.#waiting.size === 1) this.#options.changed(true);
  }

  /** Never rejects. What it resolves with is to be done at once: the task is held no longer. */
  async decision(task: Task): Promise<Verdict> {
    const { label, progress } = task;
    const { runtime } = this.#options;
    if (!this.#decided.has(label)) {
      const left = Math.max(0, Date.parse(progress.held?.until ?? '') - runtime.now());
      const decided = new Promise<'decided'>((resolve) =>
        this.#listeners.set(label, () => resolve('decided')),
      );
      const over = runtime.sleep(left, `${label} is held`).then(
        () => 'over' as const,
        () => 'cancelled' as const,
      );
      if ((await Promise.race([decided, over])) === 'cancelled') {
        this.#release(task);
        return { kind: 'failed', outcome: { error: CANCELLED } };
      }
    }
    const resolution = this.#decided.get(label);
    this.#release(task);
    return resolution === undefined ? { kind: 'failed', outcome: {} } : verdictOf(task, resolution);
  }

  /** @param resolution of a task that is waiting */
  decide(resolution: Resolution): void {
    const at = new Date(this.#options.runtime.now()).toISOString();
    this.#decided.set(resolution.task, { ...resolution, at });
    this.#listeners.get(resolution.task)?.();
  }

  #release({ label, progress }: Task): void {
    delete progress.held;
    delete progress.reason;
    this.#waiting.delete(label);
    this.#decided.delete(label);
    this.#listeners.delete(label);
    if (this.#waiting.size === 0) this.#options.changed(false);
  }
}

function verdictOf({ progress }: Task, resolution: RecordedResolution): Verdict {
  progress.resolutions = [...(progress.resolutions ?? []), resolution];
  const { action, value } = resolution;
  if (action === 'succeed') return { kind: 'success', value };
  if (action === 'skip') return { kind: 'skipped', outcome: { reason: inWords(resolution) } };
  if (action === 'fail') return { kind: 'failed', outcome: {} };
  // Of a large map only the slices with failures.
  if (progress.items !== undefined) progress.items = progress.items.map(failedAgain);
  return { kind: 'retry' };
}

function failedAgain(slice: MapSlice): MapSlice {
  return slice.failed > 0 ? { ...slice, again: { onlyFailed: true } } : slice;
}
