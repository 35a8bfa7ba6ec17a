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
  patched,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';

import type { PoolActivities } from '../activities/pools/contract.ts';
import { isPoolTold } from './domain/pool/heard.ts';
import { CARRIED_QUERY, type PoolTold } from './domain/pool/messages.ts';
import { emptyPool, Pool, recalledPool, type CarriedPool, type PoolView } from './domain/pool/pool.ts';
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
}

const tell = defineSignal<[PoolTold]>('tell');
const resize = defineUpdate<PoolView, [number]>('resize');
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

/** A predecessor that can't be asked, for its history no longer replays, must not stand in the way for ever. */
const predecessor = proxyActivities<{ 'pools.recall': PoolActivities['recall'] }>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', maximumInterval: '10s', maximumAttempts: 8 },
});

standing(pool);

export async function pool(input: PoolInput): Promise<never> {
  const { continueAfterEvents = Infinity } = input;
  const isNew = input.carried === undefined && patched('pool-recalls-its-predecessor');
  const desk = new Desk(input, isNew);
  setHandler(tell, (told) => {
    if (isPoolTold(told)) desk.hear(told);
    else log.warn('a signal that says nothing a pool could understand was passed over', { pool: input.pool });
  });
  setHandler(resize, (slots) => desk.resize(slots), { validator: checkSlots });
  setHandler(view, () => desk.state.view());
  setHandler(carried, () => desk.carried());
  if (isNew) await desk.recall();
  for (;;) {
    await condition(() => desk.isBusy);
    await desk.turn();
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    // What has been said meanwhile is in the state, and is acted on there.
    if (continueAsNewSuggested || historyLength > continueAfterEvents) {
      return continueAsNew<typeof pool>({ ...input, carried: desk.state.carried() });
    }
  }
}

/** Everything that was said since the last turn leads to one batch of grants. */
class Desk {
  state: Pool;
  readonly #pool: string;
  readonly #lookEvery: number;
  #isStirred: boolean;
  #look: 'none' | 'set' | 'due' = 'none';
  /** What was said while it did not yet know what it had known before. */
  #unheard: PoolTold[] | undefined;

  /** @param isNew whether it has yet to recall what there was before it */
  constructor({ pool, declared, lookEvery = LOOK_EVERY, carried }: PoolInput, isNew: boolean) {
    this.state = new Pool(carried ?? emptyPool(declared));
    this.#pool = pool;
    this.#lookEvery = lookEvery;
    this.#isStirred = carried !== undefined;
    this.#unheard = isNew ? [] : undefined;
  }

  get isBusy(): boolean {
    return this.#isStirred || this.#look === 'due';
  }

  /** Where it was cut off: it grants nothing before it knows who holds what. */
  async recall(): Promise<void> {
    const { workflowId, runId } = workflowInfo();
    try {
      const known = await predecessor['pools.recall']({ workflowId, runId });
      if (known !== null) this.state = new Pool(recalledPool(known));
    } catch (error) {
      log.error('the pool that was here before does not answer: those who hold its slots are not counted', {
        error,
      });
    }
    const meanwhile = this.#unheard ?? [];
    this.#unheard = undefined;
    for (const told of meanwhile) this.hear(told);
    this.#isStirred = true;
  }

  /** Nothing while it knows less than its predecessor. */
  carried(): CarriedPool | null {
    return this.#unheard === undefined ? this.state.carried() : null;
  }

  hear(told: PoolTold): void {
    if (this.#unheard !== undefined) {
      this.#unheard.push(told);
      return;
    }
    const { declared, messages } = told;
    this.state.declare(declared);
    for (const message of messages) this.state.hear(message, Date.now());
    this.#isStirred = true;
  }

  async resize(slots: number): Promise<PoolView> {
    await condition(() => this.#unheard === undefined);
    this.state.resize(slots);
    this.#isStirred = true;
    return this.state.view();
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
  if (typeof slots === 'number' && Number.isInteger(slots) && slots >= 0) return;
  throw ApplicationFailure.nonRetryable('a pool has 0, 1, 2, … slots', 'InvalidSlots');
}
