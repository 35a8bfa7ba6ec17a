/**
 * How a pool that was started where another had been cut off learns who holds its slots: it asks that one, for as long
 * as it takes. Until it knows, or somebody tells it to do without, it keeps what it is told and grants nothing.
 */
import { condition, log, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';

import type { PoolActivities } from '../activities/pools/contract.ts';
import { Backlog, type CarriedBacklog } from './domain/pool/backlog.ts';
import type { CarriedPool, PoolView } from './domain/pool/pool.ts';
import { recallingText, type Recalling } from './domain/pool/recalling.ts';
import { causesOf } from './engine/failures.ts';

/** As it travels into a new history. */
export interface CarriedRecall {
  readonly backlog: CarriedBacklog;
  readonly recalling: Recalling;
}

/** Milliseconds between the end of one round of asking and the next; twice as long each time. */
const FIRST_PAUSE = 2_000;
const LAST_PAUSE = 60_000;

/** A round is short, so that people soon see what is the matter; the workflow itself asks again. */
const predecessor = proxyActivities<{ 'pools.recall': PoolActivities['recall'] }>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', maximumInterval: '10s', maximumAttempts: 3 },
});

type Known = CarriedPool | null;

export class PoolRecall {
  readonly backlog: Backlog;
  readonly #pool: { readonly pool: string; readonly declared: number };
  #recalling: Recalling;
  #isGivenUp = false;

  constructor(pool: { readonly pool: string; readonly declared: number }, carried?: CarriedRecall) {
    this.#pool = pool;
    this.backlog = new Backlog(carried?.backlog);
    this.#recalling = carried?.recalling ?? { since: Date.now() };
  }

  /** Whether there was a pool before it that can't be asked. */
  get isStuck(): boolean {
    return this.#recalling.why !== undefined;
  }

  /** Somebody says that nobody holds a slot but those who have said so. */
  giveUp(): void {
    log.warn(
      'those who hold slots of the pool unsaid are not counted: somebody has had it reopened',
      this.#pool,
    );
    this.#isGivenUp = true;
  }

  /** What was known before; `null` where there was nothing. Unknown where that is to be asked in a new history. */
  async ask(isLong: () => boolean): Promise<Known | 'unknown'> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LAST_PAUSE)) {
      const answer = await this.#answer();
      if (answer.isKnown) return this.#learned(answer.known);
      this.#despair(answer.why);
      await condition(() => this.#isGivenUp || isLong(), pause);
      if (this.#isGivenUp) return this.#learned(null);
      if (isLong()) return 'unknown';
    }
  }

  view(): PoolView {
    return { ...this.backlog.view(this.#pool.declared, Date.now()), recalling: this.#recalling };
  }

  carried(): CarriedRecall {
    return { backlog: this.backlog.carried(), recalling: this.#recalling };
  }

  /** Whoever has it reopened need not wait for an answer that may not come. */
  #answer(): Promise<Answer> {
    if (!this.isStuck) return this.#round();
    const givenUp = condition(() => this.#isGivenUp).then((): Answer => ({ isKnown: true, known: null }));
    return Promise.race([this.#round(), givenUp]);
  }

  async #round(): Promise<Answer> {
    const { workflowId, runId, firstExecutionRunId: firstRunId } = workflowInfo();
    try {
      const asked = { workflowId, runId, firstRunId, wasThere: this.isStuck };
      return { isKnown: true, known: await predecessor['pools.recall'](asked) };
    } catch (error) {
      return { isKnown: false, why: causesOf(error).at(-1)?.message ?? String(error) };
    }
  }

  #despair(why: string): void {
    this.#recalling = { ...this.#recalling, why };
    const text = recallingText(this.#pool.pool, this.#recalling);
    log.error(text);
    setCurrentDetails(text);
  }

  #learned(known: Known): Known {
    if (this.isStuck) setCurrentDetails('');
    return known;
  }
}

type Answer =
  | { readonly isKnown: true; readonly known: Known }
  | { readonly isKnown: false; readonly why: string };
