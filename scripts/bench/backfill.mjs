/**
 * B11: a backfill of 1,000 intervals of a pipeline that does nothing, against the same runs started at once by a bare
 * client; and what a dry run of 10,000 intervals costs. On one worker, a local store and an embedded server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createBackfillActivities } from '../../dist/activities/backfill/activities.js';
import { createBackfills } from '../../dist/activities/backfill/backfills.js';
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { createLedger } from '../../dist/activities/ledger/ledger.js';
import { createLocalStore } from '../../dist/activities/store/local-store.js';
import { createBackfill } from '../../dist/clients/backfill/create.js';
import { startRun } from '../../dist/clients/runs/start.js';
import { bundleWorkflows } from '../../dist/workers/bundle.js';
import { startServer } from '../../dist/workers/embedded-server.js';
import { createActivityInterceptors } from '../../dist/workers/interceptors.js';
import { startOrphanGuard } from '../../dist/workers/orphan-guard.js';
import { findTemporal } from '../temporal.mjs';

const INTERVALS = 1_000;
const PREVIEWED = 10_000;
/** Open runs at a time, on either side. */
const ACTIVE = 20;
const TASK_QUEUE = 'control';
const WORKFLOWS = fileURLToPath(new URL('./engine/backfill-workflows.mjs', import.meta.url));
const FROM = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

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

async function measure({ client, services, startOne }) {
  await bare(client, startOne, 50, 'warm');
  const bareSeconds = await seconds(() => bare(client, startOne, INTERVALS, 'bare'));
  let created;
  const ownSeconds = await seconds(async () => {
    created = await createBackfill(services, request('own', INTERVALS, { maxActive: ACTIVE }));
    await client.workflow.getHandle(created.id).result();
  });
  const { counts } = (await services.backfills.find(created.id)).ending;
  if (counts.ended.success !== INTERVALS) throw new Error(`of ${INTERVALS} runs: ${JSON.stringify(counts)}`);
  const histories = await historiesOf(client, created.id);
  let looked = 0;
  const previewSeconds = await seconds(async () => {
    const { plan } = services.backfills.resolve(request('own', PREVIEWED));
    for await (const _interval of services.backfills.preview(plan)) looked += 1;
  });
  if (looked !== PREVIEWED) throw new Error(`${looked} of ${PREVIEWED} intervals were looked at`);
  return [
    {
      name: `backfill of ${INTERVALS} intervals of a no-op, ${ACTIVE} at a time`,
      unit: 'runs/s',
      value: INTERVALS / ownSeconds,
      baseline: INTERVALS / bareSeconds,
      ratio: bareSeconds / ownSeconds,
      target: { min: 0.8 },
    },
    { name: 'events of its own per run', unit: 'events', value: histories.events / INTERVALS },
    { name: 'histories', unit: '', value: histories.parts },
    { name: `dry run of ${PREVIEWED} intervals`, unit: 's', value: previewSeconds },
  ];
}

/** The same runs by a client that keeps as many open, and waits for each by Temporal's own means. */
async function bare(client, startOne, count, key) {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const at = next;
      next += 1;
      const run = await startOne(key, at);
      await client.workflow.getHandle(run).result();
    }
  };
  await Promise.all(Array.from({ length: ACTIVE }, lane));
}

function request(key, count, more = {}) {
  const to = new Date(FROM + count * HOUR).toISOString();
  return { pipeline: 'nothing', key, from: '2026-01-01', to, timetable: { every: '1h' }, ...more };
}

async function historiesOf(client, workflowId) {
  let events = 0;
  let parts = 0;
  let runId = (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo.firstRunId;
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    events += history.events.length;
    parts += 1;
    runId = history.events.at(-1).workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return { events, parts };
}

async function withWorker(address, store, body) {
  Runtime.install({ logger: quiet() });
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const pipelines = new Map([['nothing', { name: 'nothing' }]]);
  const ledger = createLedger(store);
  const starting = { client: async () => client, taskQueue: TASK_QUEUE };
  const shared = { store, ledger, client, pipelines, schedules: [] };
  const backfill = createBackfillActivities({ ...shared, startRun: (start) => startRun(starting, start) });
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflows({ workflows: WORKFLOWS }),
    activities: { ...prefixed('ledger', createLedgerActivities(shared)), ...prefixed('backfill', backfill) },
    interceptors: { activity: [createActivityInterceptors({ store })] },
    stickyQueueScheduleToStartTimeout: '2s',
  });
  const services = {
    ledger,
    backfills: createBackfills(shared),
    client: async () => client,
    taskQueue: TASK_QUEUE,
  };
  const startOne = async (key, at) => {
    const interval = {
      start: new Date(FROM + at * HOUR).toISOString(),
      end: new Date(FROM + (at + 1) * HOUR).toISOString(),
    };
    const run = `nothing.${key}-${interval.end.slice(0, 19)}Z`;
    const input = { key, fireTime: interval.end, interval };
    await startRun(starting, { pipeline: 'nothing', run, input });
    return run;
  };
  try {
    return await worker.runUntil(() => body({ client, services, startOne }));
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
