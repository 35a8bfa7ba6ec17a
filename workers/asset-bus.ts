/** Assets on a worker: their activities, and the bus that stands for as long as there are workers. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { createAssetActivities } from '../activities/assets/activities.ts';
import { createBeginnings } from '../activities/assets/beginnings.ts';
import type { AssetActivities } from '../activities/assets/contract.ts';
import { createAssetLog } from '../activities/assets/log.ts';
import type { Ledger } from '../activities/ledger/contract.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import { startRun } from '../clients/runs/start.ts';
import type { AssetBusInput } from '../workflows/asset-bus.ts';
import { assetBusId, WAKE } from '../workflows/domain/assets/bus.ts';
import { consumersOf, type AssetPipelines } from './consumers.ts';

interface AssetServices {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly client: Client;
  readonly taskQueue: string;
  readonly pipelines: AssetPipelines;
}

/** Milliseconds between two signals of one process, however much it produces. */
const BREATH = 200;

export function openAssetActivities(services: AssetServices): AssetActivities {
  const { store, ledger, client, taskQueue, pipelines } = services;
  const log = createAssetLog(store);
  const starting = { client: async () => client, taskQueue };
  return createAssetActivities({
    log,
    ledger,
    consumers: consumersOf(pipelines),
    beginnings: createBeginnings(store, log),
    startRun: (start) => startRun(starting, start),
    wake: createWaker(() => wakeBus(client, taskQueue)),
  });
}

/** Before a worker takes up work: whatever it will produce lies behind the beginnings of all consumers. */
export async function ensureAssetBus(services: AssetServices, input: AssetBusInput = {}): Promise<void> {
  const { store, client, taskQueue, pipelines } = services;
  const consumers = consumersOf(pipelines);
  const beginnings = createBeginnings(store, createAssetLog(store));
  for (const consumer of consumers) await beginnings(consumer);
  if (consumers.length > 0) await wakeBus(client, taskQueue, input);
}

/** Starts the bus where there is none. */
async function wakeBus(client: Client, taskQueue: string, input: AssetBusInput = {}): Promise<void> {
  await client.workflow.signalWithStart('assetBus', {
    workflowId: assetBusId(taskQueue),
    taskQueue,
    args: [input],
    signal: WAKE,
    staticSummary: 'starts the consumers of assets',
  });
}

/** At once, then at most once a breath; a signal that fails is no loss, for the bus looks by itself. */
function createWaker(send: () => Promise<void>): () => void {
  let isBusy = false;
  let isWanted = false;
  const work = async (): Promise<void> => {
    while (isWanted) {
      isWanted = false;
      await send().catch(() => undefined);
      await sleep(BREATH, undefined, { ref: false });
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    void work();
  };
}
