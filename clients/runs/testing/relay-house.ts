/** All that a run needs, real, in one process: server, store, worker; the relay's steps are the test's own. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';

import { createLedgerActivities } from '../../../activities/ledger/activities.ts';
import type { LedgerActivities } from '../../../activities/ledger/contract.ts';
import { createLedger } from '../../../activities/ledger/ledger.ts';
import { temporaryStore } from '../../../activities/ledger/testing/records.ts';
import type { ObjectStore } from '../../../activities/store/contract.ts';
import { bundleWorkflows } from '../../../workers/bundle.ts';
import { createActivityInterceptors } from '../../../workers/interceptors.ts';
import type { RunServices } from '../services.ts';
import { relay } from './workflows.ts';
import type { StepInput } from './workflows.ts';

export type Step = (input: StepInput) => Promise<string> | string;

export interface RelayHouse {
  readonly services: RunServices;
  readonly client: Client;
  readonly store: ObjectStore;
  readonly ledger: LedgerActivities;
  /** Steps by scenario; one that has none passes its task's name on. */
  readonly steps: Map<string, Step>;
  close(): Promise<void>;
}

export async function openRelayHouse(): Promise<RelayHouse> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const client = new Client({ connection });
  const store = await temporaryStore();
  const pipelines = new Map([['relay', relay.definition]]);
  const ledger = createLedgerActivities({ store, pipelines, client });
  const taskQueue = `relay-${randomUUID()}`;
  const steps = new Map<string, Step>();
  const { code } = await bundleWorkflows({
    workflows: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { code },
    stickyQueueScheduleToStartTimeout: '2s',
    interceptors: { activity: [createActivityInterceptors({ store, heartbeatEvery: 100, flushEvery: 20 })] },
    activities: {
      ...Object.fromEntries(Object.entries(ledger).map(([name, body]) => [`ledger.${name}`, body])),
      'relay.step': (input: StepInput) => steps.get(input.scenario)?.(input) ?? input.task,
    },
  });
  const running = worker.run();
  return {
    services: { ledger: createLedger(store), pipelines, client: async () => client, taskQueue },
    client,
    store,
    ledger,
    steps,
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
