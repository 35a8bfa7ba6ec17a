/**
 * Before its first task a run waits for the interval before, where it depends on that, and for a place among the
 * pipeline's `maxActiveRuns`. While all that it does is wait, it gives its place to others.
 */
import { condition } from '@temporalio/workflow';
import { runsPool, type Ticket } from '../domain/pool/messages.ts';
import type { Attempt } from './attempt.ts';
import type { PipelineOptions } from './definition.ts';
import type { Runtime } from './runtime.ts';
import type { Scheduler } from './scheduler.ts';

export interface Admission {
  /** Resolves when the first task may start. @throws when the run is cancelled before that */
  readonly admitted: Promise<void>;
  readonly place: Place | undefined;
}

/** A run's place among those that are at work at the same time. */
export interface Place {
  readonly isHeld: boolean;
  /** Before a task starts: at once while the place is held. */
  held(): Promise<void>;
  leave(): void;
}

type Limits = Pick<PipelineOptions<never>, 'maxActiveRuns' | 'dependsOnPast'>;

export interface AdmissionParts {
  readonly attempt: Attempt;
  readonly runtime: Pick<Runtime, 'pools' | 'order'>;
  readonly scheduler: Pick<Scheduler, 'isWaiting'>;
  /** Told what it waits for, and nothing once it waits no longer. */
  readonly queued: (reason?: string) => void;
}

/** `undefined` where nothing is to be waited for: most runs. */
export function seekAdmission(
  { dependsOnPast, maxActiveRuns }: Limits,
  { attempt, runtime, scheduler, queued }: AdmissionParts,
): Admission | undefined {
  if (attempt.slice !== undefined || (dependsOnPast === undefined && maxActiveRuns === undefined)) {
    return undefined;
  }
  const place = maxActiveRuns === undefined ? undefined : new RunPlace(attempt, runtime, scheduler);
  const enter = async (): Promise<void> => {
    if (attempt.generation > 0) {
      place?.resume(attempt.hasPlace === true);
      return;
    }
    if (dependsOnPast !== undefined) {
      queued('waits for the interval before');
      await runtime.order.awaitPast(dependsOnPast);
    }
    if (place !== undefined) {
      queued(`waits for a place among ${maxActiveRuns} runs`);
      await place.enter();
    }
    queued();
  };
  return { admitted: enter(), place };
}

class RunPlace implements Place {
  readonly #pool: string;
  readonly #ticket: Ticket;
  readonly #pools: Runtime['pools'];
  readonly #scheduler: Pick<Scheduler, 'isWaiting'>;
  #isHeld = false;

  constructor(
    { facts }: Attempt,
    { pools }: Pick<Runtime, 'pools'>,
    scheduler: Pick<Scheduler, 'isWaiting'>,
  ) {
    this.#pool = runsPool(facts.pipeline);
    // Those of earlier fire times first, whenever they come.
    this.#ticket = { id: facts.id, slots: 1, priority: 0, since: Date.parse(facts.fireTime) };
    this.#pools = pools;
    this.#scheduler = scheduler;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  async enter(): Promise<void> {
    await this.#take();
    void this.#keep();
  }

  resume(hasPlace: boolean): void {
    this.#isHeld = hasPlace;
    if (hasPlace) this.#pools.resume(this.#pool, this.#ticket);
    void this.#keep();
  }

  held(): Promise<void> {
    return this.#isHeld ? Promise.resolve() : condition(() => this.#isHeld);
  }

  leave(): void {
    this.#pools.giveBack(this.#pool, this.#ticket.id);
  }

  /** For as long as the run is open; a cancellation ends it, and `leave` follows. */
  async #keep(): Promise<void> {
    try {
      for (;;) {
        if (this.#isHeld) {
          await condition(() => this.#scheduler.isWaiting());
          this.#isHeld = false;
          this.leave();
        }
        await condition(() => !this.#scheduler.isWaiting());
        await this.#take();
      }
    } catch {
      // The run was cancelled: what is left of it is its teardown, which waits for nothing.
      this.#isHeld = true;
    }
  }

  async #take(): Promise<void> {
    await this.#pools.acquire(this.#pool, this.#ticket);
    this.#isHeld = true;
  }
}
