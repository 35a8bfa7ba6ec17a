/**
 * A worker of the pipeline `gauntlet`, to be killed at any moment: `node gauntlet-worker.mjs ADDRESS QUEUE BUNDLE FOLDER`.
 * Its marks are files; every call is a line in `calls.jsonl`.
 */
import { createHash } from 'node:crypto';
import { appendFile, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { notYet } from '../../dist/activities/not-yet.js';
import { createPoolActivities } from '../../dist/activities/pools/activities.js';
import { createLocalStore } from '../../dist/activities/store/local-store.js';
import { createActivityInterceptors } from '../../dist/workers/interceptors.js';

const [address, taskQueue, bundle, folder] = process.argv.slice(2);
const marks = join(folder, 'marks');
await mkdir(marks, { recursive: true });
Runtime.install({ logger: new DefaultLogger('ERROR') });

const called = (what, { key, label }) =>
  appendFile(join(folder, 'calls.jsonl'), `${JSON.stringify({ what, key, label, pid: process.pid })}\n`);
const fileOf = (key) => join(marks, createHash('sha256').update(key).digest('hex').slice(0, 32));

/** Whole or not at all, and by the first alone. */
async function create(file, text) {
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, text);
  await link(draft, file).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
}

/** The effect itself is one create-if-absent, as activities owe it to whoever calls them again. */
async function mark({ key, label, pauseMs = 0 }) {
  await called('mark', { key, label });
  await sleep(pauseMs);
  await create(fileOf(key), JSON.stringify({ key, label }));
  await sleep(pauseMs);
  return label;
}

async function look({ key, label }) {
  await called('look', { key, label });
  const begun = await stat(fileOf(key)).catch(() => undefined);
  if (begun === undefined) await create(fileOf(key), JSON.stringify({ key, label }));
  if (begun === undefined || Date.now() - begun.mtimeMs < 800) throw notYet('nobody has seen it long enough');
  return label;
}

const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }) });
const store = createLocalStore(join(folder, 'store'));
const pipelines = new Map(['gauntlet', 'innerGauntlet'].map((name) => [name, { name }]));
const named = (domain, activities) =>
  Object.fromEntries(Object.entries(activities).map(([name, body]) => [`${domain}.${name}`, body]));

const worker = await Worker.create({
  connection,
  taskQueue,
  workflowBundle: { code: await readFile(bundle, 'utf8') },
  activities: {
    ...named('ledger', createLedgerActivities({ store, client, pipelines, notify: [] })),
    ...named('pools', createPoolActivities({ client, taskQueue, sizeOf: () => 2, lookEvery: 500 })),
    ...named('effect', { mark, look }),
  },
  interceptors: { activity: [createActivityInterceptors({ store, heartbeatEvery: 500 })] },
  stickyQueueScheduleToStartTimeout: '1s',
});
process.stdout.write('ready\n');
await worker.run();
