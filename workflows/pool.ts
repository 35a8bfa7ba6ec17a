/**
 * A pool as a workflow, one for each, for ever: `pool-<name>`. Runs tell it what they want and what they give back,
 * many tasks in one signal; it grants in batches. While somebody waits it looks for holders that are no more.
 */
import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  log,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';

import type { PoolActivities } from '../activities/pools/contract.ts';
import { isPoolTold } from './domain/pool/heard.ts';
import { CARRIED_QUERY, type PoolTold } from './domain/pool/messages.ts';
import { emptyPool, Pool, recalledPool, type CarriedPool, type PoolView } from './domain/pool/pool.ts';
import { sizeProblem } from './domain/pool/size.ts';
import { PoolRecall, type CarriedRecall } from './pool-recall.ts';
import { standing } from './standing.ts';

export interface PoolInput {
  readonly pool: string;
  /** As many slots as the configuration says. */
  readonly declared: number;
  /** Milliseconds between two looks for holders that are no more. */
  readonly lookEvery?: number;
  /** Go on in a new history at this many events instead of when the server suggests it: for tests. */
  readonly continueAfterEvents?: number;
  readonly carried?: CarriedPool;
  /** Of one that went on in a new history before it knew who holds its slots. */
  readonly recall?: CarriedRecall;
}

const tell = defineSignal<[PoolTold]>('tell');
const resize = defineUpdate<PoolView, [number]>('resize');
/** Take it that nobody has a slot but those who have said so, where that can't be learned. */
const reopen = defineUpdate<PoolView>('reopen');
const view = defineQuery<PoolView>('view');
const carried = defineQuery<CarriedPool | null>(CARRIED_QUERY);

/** So that a lost slot is back within half a minute of somebody waiting for it. */
const LOOK_EVERY = 10_000;

const pools = proxyActivities<{
  'pools.deliver': PoolActivities['deliver'];
  'pools.lookUp': PoolActivities['lookUp'];
}>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: '8s',
  // It can only be put off: a grant that nobody hears of is a slot that nobody has.
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

standing(pool);

export async function pool(input: PoolInput): Promise<never> {
  const { continueAfterEvents = Infinity } = input;
  const desk = new Desk(input);
  setHandler(tell, (told) => {
    if (isPoolTold(told)) desk.hear(told);
    else log.warn('a signal that says nothing a pool could understand was passed over', { pool: input.pool });
  });
  setHandler(resize, (slots) => desk.resize(slots), { validator: checkSlots });
  setHandler(reopen, () => desk.reopen(), { validator: () => desk.checkReopen() });
  setHandler(view, () => desk.view());
  setHandler(carried, () => desk.carried());
  const isLong = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > continueAfterEvents;
  };
  const unknowing = await desk.recall(isLong);
  if (unknowing !== undefined) return continueAsNew<typeof pool>({ ...input, recall: unknowing });
  for (;;) {
    await condition(() => desk.isBusy);
    await desk.turn();
    // What has been said meanwhile is in the state, and is acted on there.
    if (isLong()) return continueAsNew<typeof pool>({ ...input, carried: desk.state.carried() });
  }
}

/** Everything that was said since the last turn leads to one batch of grants. */
class Desk {
  state: Pool;
  readonly #pool: string;
  readonly #lookEvery: number;
  #isStirred: boolean;
  #look: 'none' | 'set' | 'due' = 'none';
  /** While it does not yet know what it had known before. */
  #recall: PoolRecall | undefined;

  constructor(input: PoolInput) {
    const { pool: name, declared, lookEvery = LOOK_EVERY, carried: known, recall } = input;
    this.state = new Pool(known ?? emptyPool(declared));
    this.#pool = name;
    this.#lookEvery = lookEvery;
    this.#isStirred = known !== undefined;
    this.#recall = known === undefined ? new PoolRecall({ pool: name, declared }, recall) : undefined;
  }

  get isBusy(): boolean {
    return this.#isStirred || this.#look === 'due';
  }

  /**
   * Where it was cut off: it grants nothing before it knows who holds what.
   * @returns what to go on asking with in a new history, where it still does not know
   */
  async recall(isLong: () => boolean): Promise<CarriedRecall | undefined> {
    const recall = this.#recall;
    if (recall === undefined) return undefined;
    const known = await recall.ask(isLong);
    if (known === 'unknown') return recall.carried();
    if (known !== null) this.state = new Pool(recalledPool(known));
    this.#recall = undefined;
    recall.backlog.tellTo(this.state, Date.now());
    this.#isStirred = true;
    return undefined;
  }

  /** Nothing while it knows less than its predecessor. */
  carried(): CarriedPool | null {
    return this.#recall === undefined ? this.state.carried() : null;
  }

  view(): PoolView {
    return this.#recall === undefined ? this.state.view() : this.#recall.view();
  }

  hear(told: PoolTold): void {
    if (this.#recall !== undefined) {
      this.#recall.backlog.hear(told);
      return;
    }
    const { declared, messages } = told;
    this.state.declare(declared);
    for (const message of messages) this.state.hear(message, Date.now());
    this.#isStirred = true;
  }

  async resize(slots: number): Promise<PoolView> {
    await condition(() => this.#recall?.isStuck !== false);
    if (this.#recall === undefined) this.state.resize(slots);
    else this.#recall.backlog.resize(slots);
    this.#isStirred = true;
    return this.view();
  }

  async reopen(): Promise<PoolView> {
    this.#recall?.giveUp();
    await condition(() => this.#recall === undefined);
    return this.view();
  }

  checkReopen(): void {
    if (this.#recall?.isStuck === true) return;
    const why =
      this.#recall === undefined ? 'knows who holds its slots' : 'is still finding out who holds its slots';
    throw ApplicationFailure.nonRetryable(
      `pool ${this.#pool} ${why}: there is nothing to reopen`,
      'PoolIsOpen',
    );
  }

  async turn(): Promise<void> {
    this.#isStirred = false;
    if (this.#look === 'due') await this.#lookUp();
    const grants = this.state.grant(Date.now());
    if (grants.length > 0) {
      const { gone } = await pools['pools.deliver']({ pool: this.#pool, grants });
      for (const holder of gone) this.state.forget(holder);
      this.#isStirred ||= gone.length > 0;
    }
    if (this.#look === 'none' && this.state.isWaitedFor) this.#setLook();
  }

  async #lookUp(): Promise<void> {
    this.#look = 'none';
    const { gone } = await pools['pools.lookUp']({ holders: this.state.holders() });
    for (const holder of gone) this.state.forget(holder);
  }

  #setLook(): void {
    this.#look = 'set';
    void sleep(this.#lookEvery, { summary: 'are the holders still there?' }).then(() => {
      this.#look = 'due';
    });
  }
}

function checkSlots(slots: unknown): void {
  const problem = sizeProblem(slots);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'InvalidSlots');
}
