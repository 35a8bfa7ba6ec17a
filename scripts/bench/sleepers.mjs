/** Many tasks that are at work and only wait: one worker process has them all. What that costs it in memory. */
import { withHouse } from './engine/house.mjs';
import { seconds } from './engine/server.mjs';

const TASKS = 125;
const NAP_MS = 10_000;

export function run() {
  return withHouse(async ({ addWorker, execute }) => {
    const worker = await addWorker();
    await execute('nappers', { tasks: 1, ms: 0 });
    const idle = await worker.peakMegabytes();
    const time = await seconds(() => execute('nappers', { tasks: TASKS, ms: NAP_MS }));
    const peak = await worker.peakMegabytes();
    return [
      {
        name: `peak memory of one worker process with ${TASKS} sleeping tasks, beside an idle one`,
        unit: 'MB',
        value: peak,
        baseline: idle,
        ratio: peak / idle,
      },
      // Were they not all at work at once, it would be a multiple of a nap.
      {
        name: `${TASKS} naps of ${NAP_MS / 1000} s at once, beside one`,
        unit: 's',
        value: time,
        baseline: NAP_MS / 1000,
        ratio: time / (NAP_MS / 1000),
        target: { max: 1.9 },
      },
    ];
  });
}
