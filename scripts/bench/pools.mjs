/**
 * A crowd in a pool must not hold up others: a chain of 10 tasks alone, and beside thousands of tasks that wait for a
 * pool of 4. Whoever has a slot keeps it for a second; where nobody keeps it at all, the crowd asks the server and the
 * worker for all that they have, and the ratio says how they share them: it is shown, and not held against a target.
 * `ASSAY_BENCH_POOL_TASKS` makes the crowd smaller.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { createPoolActivities } from '../../dist/activities/pools/activities.js';
import { poolWorkflowId } from '../../dist/workflows/domain/pool/messages.js';
import { TASK_QUEUE } from './engine/names.mjs';
import { pipelinesOf, quantile, seconds, withWorker } from './engine/server.mjs';

const CROWD = Number(process.env['ASSAY_BENCH_POOL_TASKS'] ?? 5_000);
const RUNS = 10;
const SLOTS = 4;
const CHAIN = 10;
const ROUNDS = 15;
const CROWDS = [
  { pool: 'slow', turn: 'a turn of 1 s', ms: 1_000, target: { max: 1.3 } },
  { pool: 'quick', turn: 'a turn of no time', ms: 0 },
];

export function run() {
  const pipelines = pipelinesOf('chain', 'crowd');
  const turns = { length: 0, begun: 0 };
  const activities = ({ client, store }) => ({
    'light.fibonacci': async (n) => n,
    'light.turn': async () => {
      turns.begun += 1;
      if (turns.length > 0) await sleep(turns.length);
    },
    ledger: createLedgerActivities({ store, client, pipelines }),
    pools: createPoolActivities({ client, taskQueue: TASK_QUEUE, sizeOf: () => SLOTS }),
  });
  return withWorker(activities, ({ client }) => measure(client, turns));
}

async function measure(client, turns) {
  const { start, execute } = starters(client);
  const chain = () => seconds(() => execute('chain', { params: { tasks: CHAIN } }));
  const found = [];
  for (const { pool, turn, ms, target } of CROWDS) {
    const alone = await timesOf(chain);
    Object.assign(turns, { length: ms, begun: 0 });
    const params = { tasks: CROWD / RUNS, pool };
    const crowd = await Promise.all(Array.from({ length: RUNS }, () => start('crowd', { params })));
    await everybodyHasAsked(client, pool);
    const before = { turns: turns.begun, at: performance.now() };
    const beside = quantile(await timesOf(chain), 0.5);
    const rate = (turns.begun - before.turns) / ((performance.now() - before.at) / 1000);
    // One that is over has nothing left to end.
    await Promise.all(crowd.map((one) => one.terminate('measured').catch(() => undefined)));
    // Before and after: a machine that has grown slower meanwhile did so for both.
    const baseline = quantile([...alone, ...(await timesOf(chain))], 0.5);
    const name = `${CHAIN} tasks in a row, beside ${CROWD} that wait for a pool of ${SLOTS}, ${turn}`;
    found.push(
      { name, unit: 's', value: beside, baseline, ratio: beside / baseline, ...(target && { target }) },
      { name: `turns in a pool of ${SLOTS} meanwhile, ${turn}`, unit: 'turns/s', value: rate },
    );
  }
  return found;
}

/** A run asks for some of its tasks at a time: all have asked when no more wait than did a second before. */
async function everybodyHasAsked(client, pool) {
  const handle = client.workflow.getHandle(poolWorkflowId(pool, TASK_QUEUE));
  let before = 0;
  for (;;) {
    const { waiting } = await handle.query('view').catch(() => ({ waiting: [] }));
    if (waiting.length > 0 && waiting.length <= before) return;
    before = waiting.length;
    await sleep(1_000);
  }
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

/** After one to warm up. */
async function timesOf(measured) {
  await measured();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await measured());
  return times;
}
