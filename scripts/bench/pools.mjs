/**
 * A crowd in a pool must not hold up others: a chain of 10 tasks alone, and beside thousands of tasks that wait for a
 * pool of 4. `ASSAY_BENCH_POOL_TASKS` makes the crowd smaller; the chain is measured while the crowd is at work.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { createPoolActivities } from '../../dist/activities/pools/activities.js';
import { createLocalStore } from '../../dist/activities/store/local-store.js';
import { bundleWorkflows } from '../../dist/workers/bundle.js';
import { startServer } from '../../dist/workers/embedded-server.js';
import { createActivityInterceptors } from '../../dist/workers/interceptors.js';
import { startOrphanGuard } from '../../dist/workers/orphan-guard.js';
import { findTemporal } from '../temporal.mjs';

const CROWD = Number(process.env['ASSAY_BENCH_POOL_TASKS'] ?? 5_000);
const RUNS = 10;
const SLOTS = 4;
const CHAIN = 10;
const ROUNDS = 5;
const TASK_QUEUE = 'control';
const WORKFLOWS = fileURLToPath(new URL('./engine/workflows.mjs', import.meta.url));

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const guard = startOrphanGuard();
  const server = await startServer({
    command: (await findTemporal()).path,
    env: process.env,
    logFolder: folder,
    guard,
    ui: false,
    ports: 'any',
  });
  try {
    return await withWorker(server.address, createLocalStore(join(folder, 'store')), measure);
  } finally {
    await server.stop();
    await guard.release();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure({ execute, start, turns }) {
  const chain = () => seconds(() => execute('chain', { params: { tasks: CHAIN } }));
  const alone = await medianOf(chain);
  const crowd = await Promise.all(
    Array.from({ length: RUNS }, () => start('crowd', { params: { tasks: CROWD / RUNS } })),
  );
  const before = { turns: turns(), at: performance.now() };
  const beside = await medianOf(chain);
  const served = turns() - before.turns;
  const rate = served / ((performance.now() - before.at) / 1000);
  // One that is over has nothing left to end.
  await Promise.all(crowd.map((one) => one.terminate('measured').catch(() => undefined)));
  return [
    {
      name: `${CHAIN} tasks in a row, beside ${CROWD} that wait for a pool of ${SLOTS}`,
      unit: 's',
      value: beside,
      baseline: alone,
      ratio: beside / alone,
      target: { max: 1.3 },
    },
    { name: `turns in a pool of ${SLOTS} meanwhile`, unit: 'turns/s', value: rate },
  ];
}

/** After one to warm up. */
async function medianOf(measured) {
  await measured();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await measured());
  return times.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)];
}

async function withWorker(address, store, body) {
  Runtime.install({ logger: quiet() });
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const pipelines = new Map(['chain', 'crowd'].map((name) => [name, { name }]));
  const sizeOf = (pool) => (pool === 'narrow' ? SLOTS : undefined);
  let [count, turns] = [0, 0];
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflows({ workflows: WORKFLOWS }),
    activities: {
      'light.fibonacci': async (n) => n,
      'light.turn': async () => (turns += 1),
      ...prefixed('ledger', createLedgerActivities({ store, client, pipelines })),
      ...prefixed('pools', createPoolActivities({ client, taskQueue: TASK_QUEUE, sizeOf })),
    },
    interceptors: { activity: [createActivityInterceptors({ store })] },
    stickyQueueScheduleToStartTimeout: '2s',
  });
  const start = (type, input) =>
    client.workflow.start(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}-${(count += 1)}`,
      args: [{ ...input, key: String(count) }],
    });
  const execute = async (type, input) => (await start(type, input)).result();
  try {
    return await worker.runUntil(() => body({ start, execute, turns: () => turns }));
  } finally {
    await connection.close();
    await native.close();
  }
}

function prefixed(domain, activities) {
  return Object.fromEntries(Object.entries(activities).map(([name, body]) => [`${domain}.${name}`, body]));
}

async function seconds(body) {
  const before = performance.now();
  await body();
  return (performance.now() - before) / 1000;
}

function quiet() {
  const ignore = () => undefined;
  return { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
}
