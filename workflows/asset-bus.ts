/**
 * Starts consumers of assets, for as long as there are workers. What was produced stands in the logs of the store and
 * is read behind cursors: the signal only says that it is worth looking now, and a lost one costs a minute.
 */
import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import type { AssetActivities, AssetCursors } from '../activities/assets/contract.ts';
import { BUS_QUERY, WAKE } from './domain/assets/bus.ts';
import { activities } from './engine/activities.ts';
import { causesOf } from './engine/failures.ts';
import { QUICK } from './engine/profiles.ts';
import { standing } from './standing.ts';

export interface AssetBusInput {
  /** Milliseconds between two looks when nobody wakes it. */
  readonly every?: number;
  /** Go on in a new history at this many events instead of when the server suggests it: for tests. */
  readonly continueAfterEvents?: number;
  /** What it takes along into a new history. */
  readonly carried?: Carried;
}

interface Carried {
  readonly cursors: AssetCursors;
  /** The newest, the last one last. */
  readonly started: readonly string[];
  /** Why the last look failed, until one succeeds. */
  readonly trouble?: string;
}

const wake = defineSignal(WAKE);
const state = defineQuery<Carried>(BUS_QUERY);

/** Hundreds of partitions may be looked up in one go. */
const assets = activities<AssetActivities>('assets', { ...QUICK, startToCloseTimeout: '10m' });

const EVERY = 60_000;
const SHOWN = 20;

standing(assetBus);

export async function assetBus(input: AssetBusInput = {}): Promise<never> {
  let carried: Carried = input.carried ?? { cursors: {}, started: [] };
  let isWoken = false;
  setHandler(wake, () => {
    isWoken = true;
  });
  setHandler(state, () => carried);
  for (;;) {
    isWoken = false;
    const { isMore, ...looked } = await look(carried);
    carried = looked;
    setCurrentDetails(detailsOf(carried));
    if (workflowInfo().continueAsNewSuggested || isOver(input)) {
      return continueAsNew<typeof assetBus>({ ...input, carried });
    }
    if (!isMore) await condition(() => isWoken, input.every ?? EVERY);
  }
}

/** A look that fails is made again: nothing behind the cursors is lost. */
async function look({ cursors, started }: Carried): Promise<Carried & { readonly isMore: boolean }> {
  try {
    const delivered = await assets.deliver({ cursors });
    const all = [...started, ...delivered.started].slice(-SHOWN);
    return { cursors: delivered.cursors, started: all, isMore: delivered.isMore };
  } catch (error) {
    const trouble = causesOf(error).at(-1)?.message ?? String(error);
    log.error('the logs of assets could not be read, or a consumer not be started', { trouble });
    return { cursors, started, trouble, isMore: false };
  }
}

function isOver({ continueAfterEvents = Infinity }: AssetBusInput): boolean {
  return workflowInfo().historyLength > continueAfterEvents;
}

function detailsOf({ cursors, started, trouble }: Carried): string {
  const consumers = Object.entries(cursors).map(([pipeline, assetsOf]) => {
    const read = Object.entries(assetsOf).map(([asset, number]) => `${asset} up to ${number}`);
    return `- ${pipeline}: ${read.join(', ')}`;
  });
  return [
    ...(trouble === undefined ? [] : [`**in trouble**: ${trouble}`]),
    `${consumers.length} consumers`,
    ...consumers,
    ...(started.length === 0 ? [] : ['started last:', ...started.map((run) => `- ${run}`)]),
  ].join('\n');
}
