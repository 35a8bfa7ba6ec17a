/**
 * The engine's price: 40 tasks in a row, 10 runs of 100 free tasks, and many chains at once (100 of 10 tasks, 10 of
 * 100), against the same activities in bare Temporal workflows, on the same tuned server, with the same worker, in turns.
 */
import { createLedgerActivities } from '../../dist/activities/ledger/activities.js';
import { TASK_QUEUE } from './engine/names.mjs';
import { fibonacci, pipelinesOf, quantile, seconds, withWorker } from './engine/server.mjs';

const CHAIN = 40;
const RUNS = 10;
const TASKS = 100;
/** Runs, and the tasks in a row of each. */
const CHAINS = [
  [100, 10],
  [10, 100],
];
const ROUNDS = { chain: 25, free: 7, chains: 2 };

export function run() {
  const pipelines = pipelinesOf('chain', 'free');
  const activities = (parts) => ({
    'light.fibonacci': async (n) => fibonacci(n),
    ledger: createLedgerActivities({ ...parts, pipelines }),
  });
  return withWorker(activities, ({ client }) => measure(starter(client)));
}

/** Every run has a number of its own, in its ID and as its key. */
function starter(client) {
  let count = 0;
  return (type, input) =>
    client.workflow.execute(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}-${(count += 1)}`,
      args: [typeof input === 'number' ? input : { ...input, key: String(count) }],
    });
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
  return { own: quantile(times.own, 0.5), bare: quantile(times.bare, 0.5) };
}
