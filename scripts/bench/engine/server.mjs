/** What benchmarks of the engine share: a server of their own, and a worker in this process or in others. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLocalStore } from '../../../dist/activities/store/local-store.js';
import { bundleWorkflows } from '../../../dist/workers/bundle.js';
import { createActivityInterceptors } from '../../../dist/workers/interceptors.js';
import { withServer as ownServer } from '../../with-server.mjs';
import { TASK_QUEUE } from './names.mjs';

const WORKFLOWS = fileURLToPath(new URL('./workflows.mjs', import.meta.url));

/** Hands `body` the server's address, a client and an empty folder; nothing of them is left when it is over. */
export function withServer(body) {
  return ownServer('bench', async ({ address, folder }) => {
    const connection = await Connection.connect({ address });
    try {
      return await body({ address, client: new Client({ connection }), folder });
    } finally {
      await connection.close();
    }
  });
}

/**
 * As `withServer`, with a worker in this process. `activitiesOf({ client, store })` are its activities by domain, or
 * under their whole names.
 */
export function withWorker(activitiesOf, body, workflows = WORKFLOWS) {
  return withServer(async ({ address, client, folder }) => {
    Runtime.install({ logger: quiet() });
    const store = createLocalStore(join(folder, 'store'));
    const native = await NativeConnection.connect({ address });
    const worker = await Worker.create({
      connection: native,
      taskQueue: TASK_QUEUE,
      workflowBundle: await bundleWorkflows({ workflows }),
      activities: named(activitiesOf({ client, store })),
      interceptors: { activity: [createActivityInterceptors({ store })] },
      stickyQueueScheduleToStartTimeout: '2s',
    });
    try {
      return await worker.runUntil(() => body({ client, store }));
    } finally {
      await native.close();
    }
  });
}

/** As the ledger wants to know them. */
export function pipelinesOf(...names) {
  return new Map(names.map((name) => [name, { name }]));
}

export async function seconds(body) {
  const before = performance.now();
  await body();
  return (performance.now() - before) / 1000;
}

/** @param share 0.5 is the median */
export function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** What an activity does where it is to take a little time of a processor. */
export function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

export function quiet() {
  const ignore = () => undefined;
  return { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
}

function named(activities) {
  const flat = Object.entries(activities).flatMap(([domain, own]) =>
    typeof own === 'function'
      ? [[domain, own]]
      : Object.entries(own).map(([name, body]) => [`${domain}.${name}`, body]),
  );
  return Object.fromEntries(flat);
}
