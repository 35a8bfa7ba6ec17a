/** The engine's test kit with the relay in it, whose steps are the test's own. */
import { fileURLToPath } from 'node:url';

import type { Client } from '@temporalio/client';

import { createLedgerActivities } from '../../../activities/ledger/activities.ts';
import type { LedgerActivities } from '../../../activities/ledger/contract.ts';
import type { ObjectStore } from '../../../activities/store/contract.ts';
import { bundleWorkflows } from '../../../workers/bundle.ts';
import { startKit } from '../../../workflows/engine/testing/kit.ts';
import type { RunServices } from '../services.ts';
import { heldRelay, marathon, relay } from './workflows.ts';
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
  const steps = new Map<string, Step>();
  const workflowBundle = await bundleWorkflows({
    workflows: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  });
  const kit = await startKit({
    pipelines: [relay, marathon, heldRelay],
    activities: {
      'relay.step': async (input: StepInput) => (await steps.get(input.scenario)?.(input)) ?? input.task,
    },
    worker: { workflowBundle },
  });
  const { client, store, ledger, taskQueue } = kit;
  const pipelines = new Map(
    [relay, marathon, heldRelay].map(({ definition }) => [definition.name, definition]),
  );
  return {
    services: { ledger, pipelines, client: async () => client, taskQueue },
    client,
    store,
    ledger: createLedgerActivities({ store, client, pipelines }),
    steps,
    close: () => kit.stop(),
  };
}
