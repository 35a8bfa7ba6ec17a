/** How far a run has come: open, making itself ready for a new history, cancelled, or at its teardown. */
import type { RecordedError } from '../domain/run-record.ts';
import { CANCELLED } from './outcomes.ts';

type Stage = 'open' | 'draining' | 'cancelled' | 'teardown';

export class Course {
  readonly #shouldContinue: () => boolean;
  #stage: Stage = 'open';
  #why = CANCELLED;
  #drain = (): void => undefined;
  /** Resolves when no task may start any more in this history. */
  readonly drained = new Promise<'in a new history'>((resolve) => {
    this.#drain = () => resolve('in a new history');
  });

  constructor(shouldContinue: () => boolean) {
    this.#shouldContinue = shouldContinue;
  }

  get isDraining(): boolean {
    return this.#stage === 'draining';
  }

  get isCancelled(): boolean {
    return this.#stage === 'cancelled';
  }

  get isTeardown(): boolean {
    return this.#stage === 'teardown';
  }

  /** Why it was cancelled, where it was. */
  get why(): RecordedError {
    return this.#why;
  }

  /** True the one time at which the history is found to have grown too long. */
  beginsToDrain(): boolean {
    if (this.#stage !== 'open' || !this.#shouldContinue()) return false;
    this.#stage = 'draining';
    this.#drain();
    return true;
  }

  cancel(why: RecordedError): void {
    this.#stage = 'cancelled';
    this.#why = why;
  }

  enterTeardown(): void {
    this.#stage = 'teardown';
  }
}
