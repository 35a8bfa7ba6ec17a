/** Looks once a minute for runs that ended without their record, for as long as there are workers. */
import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';

import type { LedgerActivities } from '../activities/ledger/contract.ts';
import { standing } from './standing.ts';

export interface SweeperInput {
  /** Milliseconds between two sweeps. */
  readonly every?: number;
}

const { 'ledger.sweep': sweep } = proxyActivities<{ 'ledger.sweep': LedgerActivities['sweep'] }>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '8s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

standing(sweeper);

export async function sweeper(input: SweeperInput = {}): Promise<never> {
  while (!workflowInfo().continueAsNewSuggested) {
    await sweep();
    await sleep(input.every ?? 60_000);
  }
  return continueAsNew<typeof sweeper>(input);
}
