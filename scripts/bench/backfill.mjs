/**
 * B11: a backfill of 1,000 intervals of a pipeline that does nothing, against the same runs started at once by a bare
 * client; and what a dry run of 10,000 intervals costs. On one worker, a local store and an embedded server.
 */
import { fileURLToPath } from 'node:url';
import { createBackfillActivities } from '../../dist/activities/backfill/activities.js';
import { createBackfills } from '../../dist/activities/backfill/backfills.js';
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { createLedger } from '../../dist/activities/ledger/ledger.js';
import { createBackfill } from '../../dist/clients/backfill/create.js';
import { startRun } from '../../dist/clients/runs/start.js';
import { TASK_QUEUE } from './engine/names.mjs';
import { pipelinesOf, seconds, withWorker } from './engine/server.mjs';

const INTERVALS = 1_000;
const PREVIEWED = 10_000;
/** Open runs at a time, on either side. */
const ACTIVE = 20;
const WORKFLOWS = fileURLToPath(new URL('./engine/backfill-workflows.mjs', import.meta.url));
const FROM = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

export function run() {
  return withWorker(
    ({ client, store }) => {
      const shared = sharedBy(client, store);
      const start = (one) => startRun(startingWith(client), one);
      return {
        ledger: createLedgerActivities(shared),
        backfill: createBackfillActivities({ ...shared, startRun: start }),
      };
    },
    ({ client, store }) => measure({ client, ...clientSide(client, sharedBy(client, store)) }),
    WORKFLOWS,
  );
}

function sharedBy(client, store) {
  return { store, ledger: createLedger(store), client, pipelines: pipelinesOf('nothing'), schedules: [] };
}

function startingWith(client) {
  return { client: async () => client, taskQueue: TASK_QUEUE };
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

function clientSide(client, shared) {
  const starting = startingWith(client);
  return {
    services: { ledger: shared.ledger, backfills: createBackfills(shared), ...starting },
    async startOne(key, at) {
      const interval = {
        start: new Date(FROM + at * HOUR).toISOString(),
        end: new Date(FROM + (at + 1) * HOUR).toISOString(),
      };
      const run = `nothing.${key}-${interval.end.slice(0, 19)}Z`;
      const input = { key, fireTime: interval.end, interval };
      await startRun(starting, { pipeline: 'nothing', run, input });
      return run;
    },
  };
}
