/**
 * A worker process of its own, for what is measured of one: its memory, and its death. It is told by its arguments
 * where the server, the store and the workflow bundle are, and says `ready` to its parent; asked, it tells its peak.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLedgerActivities } from '../../../dist/activities/ledger/activities.js';
import { createLocalStore } from '../../../dist/activities/store/local-store.js';
import { createActivityInterceptors } from '../../../dist/workers/interceptors.js';
import { TASK_QUEUE, PIPELINES } from './names.mjs';
import { fibonacci, pipelinesOf, quiet } from './server.mjs';

const [address, folder, codePath] = process.argv.slice(2);
const store = createLocalStore(join(folder, 'store'));
Runtime.install({ logger: quiet() });
const client = new Client({ connection: await Connection.connect({ address }) });
const ledger = createLedgerActivities({ store, client, pipelines: pipelinesOf(...PIPELINES) });

/** A line for each try that begins: what, when (ms), and how long after it was ready. */
const began = (name) => {
  const [now, { currentAttemptScheduledTimestampMs: ready }] = [Date.now(), Context.current().info];
  return appendFile(join(folder, 'began'), `${name} ${now} ${now - ready}\n`);
};

const activities = {
  'light.fibonacci': async (n) => fibonacci(n),
  'light.ready': () => began('ready'),
  'light.nap': (ms) => sleep(ms),
  'light.echo': async (value) => value,
  /** Its effect comes at its end and hides no repetition: unlike what the engine asks of an activity. */
  'light.effect': async (key, ms) => {
    await began(key);
    await sleep(ms);
    await appendFile(join(folder, 'effects'), `${key}\n`);
  },
};
for (const [name, body] of Object.entries(ledger)) activities[`ledger.${name}`] = body;

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: TASK_QUEUE,
  workflowBundle: { codePath },
  activities,
  interceptors: { activity: [createActivityInterceptors({ store })] },
  stickyQueueScheduleToStartTimeout: '2s',
  maxConcurrentActivityTaskExecutions: 200,
});
process.on('message', () => process.send({ peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
process.on('disconnect', () => process.exit(0));
const running = worker.run();
process.send('ready');
await running;
