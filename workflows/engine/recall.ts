/**
 * What stands in the memo ends again in the order in which it ended at first: whoever raced references then
 * finds the same one first now. What ends where nobody awaits it goes by at once.
 */
import type { Results } from './results.ts';
import type { Runtime } from './runtime.ts';
import type { Task } from './task.ts';

export interface RecallParts {
  readonly runtime: Pick<Runtime, 'idle'>;
  readonly results: Results;
  readonly isAwaited: (task: Task) => boolean;
}

export class Recall {
  readonly #parts: RecallParts;
  /** The next one last, once they are sorted. */
  readonly #waiting: Task[] = [];
  #isSorted = true;
  #isAtWork = false;

  constructor(parts: RecallParts) {
    this.#parts = parts;
  }

  /** @param task whose state says that it has ended */
  end(task: Task): void {
    // The record of an engine that did not count.
    if (task.progress.endOrder === undefined) {
      task.end();
      return;
    }
    this.#waiting.push(task);
    this.#isSorted = false;
    if (!this.#isAtWork) void this.#work();
  }

  async #work(): Promise<void> {
    const { runtime, results, isAwaited } = this.#parts;
    this.#isAtWork = true;
    // What is created together is put in order together.
    await runtime.idle();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const awaited = isAwaited(next);
      // One whose value is fetched from the ledger keeps its place before those whose values are here.
      if (awaited) await results.of(next).catch(() => undefined);
      next.end();
      if (awaited) await runtime.idle();
    }
    this.#isAtWork = false;
  }

  #next(): Task | undefined {
    if (!this.#isSorted) this.#waiting.sort((one, other) => orderOf(other) - orderOf(one));
    this.#isSorted = true;
    return this.#waiting.pop();
  }
}

function orderOf({ progress: { endOrder = 0 } }: Task): number {
  return endOrder;
}
