/** Wires the bridge: the queue of the environment, the rules of the configuration, this worker's client. */
import { Runtime } from '@temporalio/worker';

import type { WorkerServices } from '../activities.ts';
import { openAssetActivities } from '../asset-bus.ts';
import { startBridge, type Bridge } from './bridge.ts';
import { createHandler } from './carry-out.ts';
import { createPerform } from './perform.ts';

/** `undefined` where the environment names no queue. */
export async function openBridge(services: WorkerServices): Promise<Bridge | undefined> {
  const { env, config, store, ledger, pipelines, taskQueue, temporal: client } = services;
  if (env.eventsQueue === undefined) return undefined;
  const [{ SQSClient }, { createSqsQueue }] = await Promise.all([
    import('@aws-sdk/client-sqs'),
    import('./message-queue.ts'),
  ]);
  const assets = openAssetActivities({ store, ledger, client, taskQueue, pipelines });
  const perform = createPerform({ client, taskQueue, store, ledger, pipelines, assets });
  return startBridge({
    queue: createSqsQueue(new SQSClient({ maxAttempts: 3 }), env.eventsQueue),
    handle: createHandler({ rules: config.events, store, perform }),
    note: (message, fields) => Runtime.instance().logger.warn(message, fields),
  });
}
