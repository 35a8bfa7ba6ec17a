/**
 * A crowd in a pool must not hold up others: a chain of 10 tasks alone, and beside thousands of tasks that wait for a
 * pool of 4. `ASSAY_BENCH_POOL_TASKS` makes the crowd smaller; the chain is measured while the crowd is at work.
 */
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { createPoolActivities } from '../../dist/activities/pools/activities.js';
import { TASK_QUEUE } from './engine/names.mjs';
import { pipelinesOf, quantile, seconds, withWorker } from './engine/server.mjs';

const CROWD = Number(process.env['ASSAY_BENCH_POOL_TASKS'] ?? 5_000);
const RUNS = 10;
const SLOTS = 4;
const CHAIN = 10;
const ROUNDS = 5;

export function run() {
  const pipelines = pipelinesOf('chain', 'crowd');
  const sizeOf = (pool) => (pool === 'narrow' ? SLOTS : undefined);
  let turns = 0;
  const activities = ({ client, store }) => ({
    'light.fibonacci': async (n) => n,
    'light.turn': async () => (turns += 1),
    ledger: createLedgerActivities({ store, client, pipelines }),
    pools: createPoolActivities({ client, taskQueue: TASK_QUEUE, sizeOf }),
  });
  return withWorker(activities, ({ client }) => measure({ ...starters(client), turns: () => turns }));
}

function starters(client) {
  let count = 0;
  const start = (type, input) =>
    client.workflow.start(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}-${(count += 1)}`,
      args: [{ ...input, key: String(count) }],
    });
  return { start, execute: async (type, input) => (await start(type, input)).result() };
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
  return quantile(times, 0.5);
}
