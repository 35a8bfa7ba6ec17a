/**
 * The engine's price: 40 tasks in a row, 10 runs of 100 free tasks, and many chains at once (100 of 10 tasks, 10 of
 * 100), against the same activities in bare Temporal workflows, on the same tuned server, with the same worker, in turns.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { createLocalStore } from '../../dist/activities/store/local-store.js';
import { bundleWorkflows } from '../../dist/workers/bundle.js';
import { startServer } from '../../dist/workers/embedded-server.js';
import { createActivityInterceptors } from '../../dist/workers/interceptors.js';
import { startOrphanGuard } from '../../dist/workers/orphan-guard.js';
import { findTemporal } from '../temporal.mjs';

const CHAIN = 40;
const RUNS = 10;
const TASKS = 100;
/** Runs, and the tasks in a row of each. */
const CHAINS = [
  [100, 10],
  [10, 100],
];
const ROUNDS = { chain: 9, free: 2, chains: 2 };
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

async function measure(start) {
  const chains = await alternate(
    ROUNDS.chain,
    () => seconds(() => start('chain', { params: { tasks: CHAIN } })),
    () => seconds(() => start('bareChain', CHAIN)),
  );
  const many = (runs, type, input) => () =>
    seconds(() => Promise.all(Array.from({ length: runs }, () => start(type, input))));
  const free = await alternate(
    ROUNDS.free,
    many(RUNS, 'free', { params: { tasks: TASKS } }),
    many(RUNS, 'bareFree', TASKS),
  );
  const rows = [];
  for (const [runs, tasks] of CHAINS) {
    const own = many(runs, 'chain', { params: { tasks } });
    const times = await alternate(ROUNDS.chains, own, many(runs, 'bareChain', tasks));
    rows.push(tasksPerSecond(`${runs} runs of ${tasks} tasks in a row`, runs * tasks, times));
  }
  return [
    {
      name: `${CHAIN} tasks in a row`,
      unit: 's',
      value: chains.own,
      baseline: chains.bare,
      ratio: chains.own / chains.bare,
      target: { max: 1.25 },
    },
    { name: `${CHAIN} tasks in a row, absolute`, unit: 's', value: chains.own, target: { max: 1.5 } },
    { ...tasksPerSecond(`${RUNS} runs of ${TASKS} free tasks`, RUNS * TASKS, free), target: { min: 0.8 } },
    ...rows,
  ];
}

function tasksPerSecond(name, tasks, { own, bare }) {
  return { name, unit: 'tasks/s', value: tasks / own, baseline: tasks / bare, ratio: bare / own };
}

/** Medians of both, measured in turns after a round to warm up: what else the machine does hits both. */
async function alternate(rounds, own, bare) {
  const times = { own: [], bare: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const [first, second] = [await bare(), await own()];
    if (round === 0) continue;
    times.bare.push(first);
    times.own.push(second);
  }
  return { own: median(times.own), bare: median(times.bare) };
}

async function withWorker(address, store, body) {
  Runtime.install({ logger: quiet() });
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const pipelines = new Map(['chain', 'free'].map((name) => [name, { name }]));
  const ledger = createLedgerActivities({ store, client, pipelines });
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflows({ workflows: WORKFLOWS }),
    activities: { 'light.fibonacci': async (n) => fibonacci(n), ...prefixed('ledger', ledger) },
    interceptors: { activity: [createActivityInterceptors({ store })] },
    stickyQueueScheduleToStartTimeout: '2s',
  });
  let count = 0;
  const start = (type, input) =>
    client.workflow.execute(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}-${(count += 1)}`,
      args: [typeof input === 'number' ? input : { ...input, key: String(count) }],
    });
  try {
    return await worker.runUntil(() => body(start));
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

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function quiet() {
  const ignore = () => undefined;
  return { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
}
