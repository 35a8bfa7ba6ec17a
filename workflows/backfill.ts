/**
 * Runs a pipeline for every interval between two times, so many at once. The intervals are looked at page by page and
 * what is carried is a cursor and the open runs, so that ten thousand of them cost no more than ten. Runs are started
 * by a client and are nobody's children: whatever becomes of the backfill, they go on.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import type {
  BackfillActivities,
  BackfillEnding,
  LiveBackfill,
  Resolved,
} from '../activities/backfill/contract.ts';
import { backfillText } from './domain/backfill/live-text.ts';
import type { BackfillRequest, PlannedRun } from './domain/backfill/plan.ts';
import {
  BACKFILL_QUERY,
  BEGINNING,
  nextStep,
  withEnded,
  withPage,
  withStarted,
  type BackfillState,
  type BackfillStep,
  type EndedRun,
  type Word,
} from './domain/backfill/window.ts';
import { activities } from './engine/activities.ts';
import { workflowNow } from './engine/determinism.ts';
import { causesOf, toFailure } from './engine/failures.ts';
import { PATIENT, QUICK } from './engine/profiles.ts';
import { standing } from './standing.ts';

export interface BackfillInput extends BackfillRequest {
  /** Go on in a new history at this many events instead of when the server suggests it: for tests. */
  readonly continueAfterEvents?: number;
  /** What it takes along into a new history. */
  readonly carried?: Carried;
}

interface Carried extends Resolved {
  readonly state: BackfillState;
}

/** By `temporal workflow signal`; nothing is required. */
type Said = Partial<Word> | undefined;

const pause = defineSignal<[Said?]>('pause');
const resume = defineSignal<[Said?]>('resume');
/** `runs`: those that are open are asked to stop as well. */
const cancel = defineSignal<[(Said & { readonly runs?: boolean })?]>('cancel');
const live = defineQuery<LiveBackfill>(BACKFILL_QUERY);

const store = activities<BackfillActivities>('backfill', QUICK);
const watcher = activities<BackfillActivities>('backfill', PATIENT);

/** Runs that are chosen at a time. */
const PAGE = 100;
const NO_REQUEST = {
  type: 'InvalidBackfill',
  message: 'a backfill is {"pipeline": …, "from": …, "to": …}; see assay backfill create --help',
};
/** Milliseconds between two looks whether a pipeline is still paused. */
const LOOK_AGAIN = 15_000;

standing(backfill);

export async function backfill(input: BackfillInput): Promise<BackfillEnding> {
  // One that is started raw may have been given anything; to stumble over it would stall the workflow for ever.
  if (typeof input !== 'object' || input === null) throw toFailure(NO_REQUEST);
  // A cancellation by Temporal's own means is one of ours: what is open is waited for, the ending is written.
  const root = CancellationScope.current();
  return CancellationScope.nonCancellable(async () => {
    const id = workflowInfo().workflowId;
    const resolved = input.carried ?? (await openBackfill(id, input));
    const work = new Backfill(id, resolved, input.carried?.state ?? BEGINNING);
    root.cancelRequested.catch(() => work.say({ cancelled: { by: 'a cancellation', runs: false } }));
    return conduct(work, input);
  });
}

async function conduct(work: Backfill, input: BackfillInput): Promise<BackfillEnding> {
  const isLong = (): boolean =>
    workflowInfo().continueAsNewSuggested ||
    workflowInfo().historyLength > (input.continueAfterEvents ?? Infinity);
  for (;;) {
    const step = work.next();
    if (step.kind === 'end') return work.end(step.state);
    if (isLong()) return continueAsNew<typeof backfill>({ ...input, carried: work.carried() });
    await work.take(step);
  }
}

async function openBackfill(id: string, input: BackfillInput): Promise<Resolved> {
  const { continueAfterEvents: _forTests, carried: _none, ...request } = input;
  try {
    return await store.open({ id, request });
  } catch (error) {
    // It fails with what is wrong, not with where that was found.
    const cause = causesOf(error).findLast(({ permanent }) => permanent);
    throw cause === undefined ? error : toFailure(cause);
  }
}

class Backfill {
  readonly #id: string;
  readonly #resolved: Resolved;
  #state: BackfillState;
  #heard = 0;
  #interrupt = (): void => undefined;

  constructor(id: string, { plan, total }: Resolved, state: BackfillState) {
    this.#id = id;
    this.#resolved = { plan, total };
    this.#state = state;
    setHandler(pause, (said) => this.pause(wordOf(said)));
    setHandler(resume, () => this.say({ paused: undefined }));
    setHandler(cancel, (said) => this.say({ cancelled: { ...wordOf(said), runs: said?.runs === true } }));
    setHandler(live, () => ({ id, ...this.#resolved, ...this.#state }));
    this.#show();
  }

  next(): BackfillStep {
    return nextStep(this.#state, this.#resolved.plan.maxActive);
  }

  carried(): Carried {
    return { ...this.#resolved, state: this.#state };
  }

  say(word: { paused: Word | undefined } | { cancelled: Word & { runs: boolean } }): void {
    const { paused: _before, ...state } = this.#state;
    if ('cancelled' in word) this.#state = { ...this.#state, ...word };
    else this.#state = word.paused === undefined ? state : { ...state, paused: word.paused };
    this.#heard += 1;
    this.#interrupt();
    this.#show();
  }

  /** One who says it again without a reason does not take the reason away. */
  pause(word: Word): void {
    const { paused } = this.#state;
    this.say({ paused: paused === undefined || word.reason !== undefined ? word : paused });
  }

  async take(step: Exclude<BackfillStep, { kind: 'end' }>): Promise<void> {
    const { plan } = this.#resolved;
    switch (step.kind) {
      case 'page': {
        const { cursor } = this.#state;
        const after = cursor === undefined ? {} : { after: cursor };
        const page = await store.page({ plan, ...after, most: PAGE });
        this.#state = withPage(this.#state, page);
        break;
      }
      case 'start': {
        const { isHeld } = await store.start({ id: this.#id, plan, runs: step.runs });
        if (isHeld) await this.#hold();
        else this.#state = withStarted(this.#state, step.runs);
        break;
      }
      case 'watch': {
        const ended = await this.#watch(step.runs);
        this.#state = withEnded(this.#state, ended);
        break;
      }
      case 'stop':
        await store.stop({ runs: step.runs });
        this.#state = { ...this.#state, isStopped: true };
        break;
      case 'rest':
        await this.#rest();
        break;
    }
    this.#show();
  }

  async end(state: BackfillEnding['state']): Promise<BackfillEnding> {
    const { counts, troubled } = this.#state;
    const ending = { state, counts, troubled, endedAt: new Date(workflowNow()).toISOString() };
    await store.close({ id: this.#id, ending });
    return ending;
  }

  /** The pipeline is paused: it is looked again before long, and what is open goes on. */
  async #hold(): Promise<void> {
    this.#state = { ...this.#state, isHeld: true };
    this.#show();
    const { open } = this.#state;
    if (open.length === 0) return this.#rest(LOOK_AGAIN);
    const ended = await this.#watch(open, LOOK_AGAIN);
    this.#state = withEnded(this.#state, ended);
  }

  /** Until somebody has said something. */
  async #rest(atMost?: number): Promise<void> {
    const heard = this.#heard;
    const isHeard = (): boolean => this.#heard > heard;
    await (atMost === undefined ? condition(isHeard) : condition(isHeard, atMost));
  }

  /** Until a run has ended, or somebody has said something. */
  async #watch(runs: readonly PlannedRun[], atMost?: number): Promise<readonly EndedRun[]> {
    const scope = new CancellationScope({ cancellable: true });
    this.#interrupt = () => scope.cancel();
    try {
      return await scope.run(() =>
        atMost === undefined
          ? watcher.watch({ runs })
          : CancellationScope.withTimeout(atMost, () => watcher.watch({ runs })),
      );
    } catch (error) {
      if (isCancellation(error)) return [];
      throw error;
    } finally {
      this.#interrupt = () => undefined;
    }
  }

  #show(): void {
    setCurrentDetails(backfillText(this.#id, this.#resolved, this.#state));
  }
}

function wordOf(said: Said): Word {
  const { by, reason } = said ?? {};
  return { by: by ?? 'somebody', ...(reason !== undefined && { reason }) };
}
