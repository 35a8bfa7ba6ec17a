/** A map of 10,000 items: seconds, the largest history of any workflow in it, and the worker's peak memory. */
import { withHouse } from './engine/house.mjs';
import { seconds } from './engine/server.mjs';

const ITEMS = Number(process.env['ASSAY_BENCH_MAP_ITEMS'] ?? 10_000);
/** Temporal warns at 10,240 events and ends a workflow at 51,200. */
const EVENTS = 10_240;

export function run() {
  return withHouse(async ({ addWorker, client, execute }) => {
    const worker = await addWorker();
    await execute('wide', { items: 10 });
    const idle = await worker.peakMegabytes();
    let length = 0;
    const time = await seconds(async () => (length = await execute('wide', { items: ITEMS })));
    if (length !== ITEMS) throw new Error(`the map returned ${length} of ${ITEMS} items`);
    const histories = [];
    for await (const { historyLength } of client.workflow.list()) histories.push(historyLength ?? 0);
    const peak = await worker.peakMegabytes();
    return [
      { name: `a map of ${ITEMS} items`, unit: 's', value: time },
      { name: 'items', unit: '/s', value: ITEMS / time },
      { name: 'largest history', unit: 'events', value: Math.max(...histories), target: { max: EVENTS } },
      { name: 'workflows', value: histories.length },
      { name: 'peak memory of the worker', unit: 'MB', value: peak, baseline: idle, ratio: peak / idle },
    ];
  });
}
