/**
 * Where what comes from outside meets the tasks that wait for it. A signal that comes before anybody waits is kept,
 * in this history and the next; what has come for a task stands in its record until the task has ended.
 */
import type { OpenApproval } from '../domain/approval.ts';
import { weightOf } from '../domain/chunks.ts';
import { Questions } from './questions.ts';
import type { Scheduler } from './scheduler.ts';
import type { Task } from './task.ts';

export interface Signal {
  readonly name: string;
  readonly payload?: unknown;
}

/** JSON of the signals that nobody has waited for yet; they travel from history to history. */
const KEPT_BYTES = 256 * 1024;

interface Waiting {
  readonly task: Task;
  readonly come: () => void;
}

export class Desk {
  #signals: readonly Signal[];
  #scheduler: Scheduler | undefined;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly questions = new Questions();

  /** Told once of each question, when it is open; what takes time is to be begun, not waited for. */
  readonly asked: (approval: OpenApproval) => void;

  /** @param signals that the histories before have left */
  constructor(signals: readonly Signal[] = [], asked: (approval: OpenApproval) => void = () => undefined) {
    this.#signals = signals;
    this.asked = asked;
  }

  open(scheduler: Scheduler): void {
    this.#scheduler = scheduler;
    this.questions.open(scheduler);
  }

  /** The oldest first. */
  get signals(): readonly Signal[] {
    return this.#signals;
  }

  /** @returns those that had to be given up for it: the oldest, where more is kept than can be carried along */
  signal(signal: Signal): readonly Signal[] {
    const first = this.#waiting.get(signal.name)?.shift();
    if (first !== undefined) {
      this.#scheduler?.arrive(first.task, { payload: signal.payload });
      first.come();
    } else this.#signals = [...this.#signals, signal];
    // However quiet a run is, its history grows with what comes.
    this.#scheduler?.isDraining();
    return this.#giveUp();
  }

  /** Resolves once a signal has come for the task: at once where one is kept, or came in an earlier history. */
  async awaitSignal(task: Task, name: string): Promise<void> {
    if ('arrived' in task.progress) return;
    const kept = this.#signals.find((signal) => signal.name === name);
    if (kept !== undefined) {
      this.#signals = this.#signals.filter((signal) => signal !== kept);
      this.#scheduler?.arrive(task, { payload: kept.payload });
      return;
    }
    await new Promise<void>((come) => {
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), { task, come }]);
    });
  }

  /** The task waits no longer: what comes now is for the next. */
  leave(task: Task): void {
    this.questions.leave(task);
    for (const [name, waiting] of this.#waiting) {
      this.#waiting.set(
        name,
        waiting.filter((one) => one.task !== task),
      );
    }
  }

  #giveUp(): readonly Signal[] {
    const lost: Signal[] = [];
    while (this.#signals.length > 0 && weightOf(this.#signals) > KEPT_BYTES) {
      const [oldest, ...rest] = this.#signals;
      if (oldest !== undefined) lost.push(oldest);
      this.#signals = rest;
    }
    return lost;
  }
}
