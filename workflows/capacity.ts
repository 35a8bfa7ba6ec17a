/** Publishes once a minute how much work waits and how many workers there are, for as long as there are any. */
import { continueAsNew, isCancellation, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';

import type { CapacityActivities } from '../activities/capacity/contract.ts';

const EVERY = '1m';

const { 'capacity.publish': publish } = proxyActivities<{
  'capacity.publish': CapacityActivities['publish'];
}>({
  startToCloseTimeout: '30s',
  // A figure that comes late is of no use: the next minute has its own.
  scheduleToCloseTimeout: '55s',
  retry: { initialInterval: '2s' },
});

export async function capacity(): Promise<never> {
  while (!workflowInfo().continueAsNewSuggested) {
    await publish().catch(onlyWhenCancelled);
    await sleep(EVERY);
  }
  return continueAsNew<typeof capacity>();
}

function onlyWhenCancelled(error: unknown): void {
  if (isCancellation(error)) throw error;
}
