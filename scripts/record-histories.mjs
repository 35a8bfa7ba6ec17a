/**
 * Records histories for the replay test: `node scripts/record-histories.mjs [VERSION]` writes
 * `workflows/histories/<version>-<what>.json`. Run it for each release; what a release recorded stays,
 * for runs of that release may still be open when the next one starts.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ensureSetUp } from './setup.mjs';
import { withServer } from './with-server.mjs';

await ensureSetUp();
const { Client, Connection } = await import('@temporalio/client');
const { historyToJSON } = await import('@temporalio/common/lib/proto-utils.js');
const { NativeConnection, Worker } = await import('@temporalio/worker');
const { createLedgerActivities } = await import('../dist/activities/ledger/activities.js');
const { createLocalStore } = await import('../dist/activities/store/local-store.js');
const { squares } = await import('../dist/pipelines/examples/squares.pipeline.js');
const { loadBundle } = await import('../dist/workers/bundle.js');

const TASK_QUEUE = 'control';
/** Stands in every event: nothing of the machine that recorded. */
const IDENTITY = 'recorder';
const FIRE_TIME = '2026-01-01T00:00:00Z';
const target = new URL('../workflows/histories/', import.meta.url);

const { version: current } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const version = process.argv[2] ?? current;
await withServer('histories', ({ address, folder }) => record(address, folder));

async function record(address, folder) {
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, identity: IDENTITY });
  const store = createLocalStore(join(folder, 'store'));
  const pipelines = new Map([['squares', squares.definition]]);
  const ledger = createLedgerActivities({ store, client, pipelines });
  const worker = await Worker.create({
    connection: native,
    identity: IDENTITY,
    taskQueue: TASK_QUEUE,
    workflowBundle: await loadBundle(),
    activities: Object.fromEntries(
      Object.entries(ledger).map(([name, activity]) => [`ledger.${name}`, activity]),
    ),
  });
  await worker.runUntil(async () => {
    await mkdir(target, { recursive: true });
    await save(client, 'run', await run(client, 'run', { params: { upTo: 5 } }));
    const rerun = { attempt: 2, rerun: { from: ['square[1]'] } };
    await save(client, 'rerun', await run(client, 'run', rerun));
    const large = await run(client, 'large', { params: { upTo: 250 } });
    await save(client, 'large-map', large);
    await save(client, 'slice', `${large}/square/200-250`);
  });
  await connection.close();
  await native.close();
}

async function run(client, key, input) {
  const workflowId = `squares.${key}-${FIRE_TIME}`;
  const args = [{ key, fireTime: FIRE_TIME, ...input }];
  await client.workflow.execute('squares', { taskQueue: TASK_QUEUE, workflowId, args });
  return workflowId;
}

async function save(client, what, workflowId) {
  const history = historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
  const file = `${version}-squares-${what}.json`;
  await writeFile(new URL(file, target), `${JSON.stringify(JSON.parse(history), null, 1)}\n`);
  console.error(`recorded ${file}`);
}
