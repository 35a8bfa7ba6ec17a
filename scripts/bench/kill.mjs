/**
 * A worker killed with -9 in mid-task, another started at once: seconds until the task runs again, tasks that were done
 * and ran again, and effects that are there twice. The pause is the heartbeat timeout of the task's profile, 8 s.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { began, withHouse } from './engine/house.mjs';
import { quantile } from './engine/server.mjs';

const ROUNDS = 3;
const TASK_MS = 3_000;
/** Into the task. */
const KILL_AFTER_MS = 1_000;
/** Of a run: before, long, after. */
const TASKS = 3;

export function run() {
  return withHouse(async (house) => {
    let worker = await house.addWorker();
    const pauses = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const handle = await house.start('effects', { ms: TASK_MS });
      const own = async (task) =>
        (await began(house.folder)).filter(
          ({ name }) => name.includes(handle.workflowId) && name.endsWith(`/${task}`),
        );
      while ((await own('long')).length === 0) await sleep(20);
      await sleep(KILL_AFTER_MS);
      const killed = Date.now();
      await worker.kill();
      worker = await house.addWorker();
      await handle.result();
      const [, again] = await own('long');
      pauses.push((again.at - killed) / 1000);
    }
    return [...(await duplicates(house.folder)), ...pausesOf(pauses)];
  });
}

function pausesOf(pauses) {
  return [
    { name: 'killed in mid-task: until it runs again, median', unit: 's', value: quantile(pauses, 0.5) },
    {
      name: 'killed in mid-task: until it runs again, worst',
      unit: 's',
      value: Math.max(...pauses),
      target: { max: 30 },
    },
  ];
}

async function duplicates(folder) {
  const tries = await began(folder);
  const effects = (await readFile(join(folder, 'effects'), 'utf8')).trimEnd().split('\n').length;
  const done = tries.filter(({ name }) => !name.endsWith('/long')).length;
  return [
    { name: 'recorded tasks that ran again', value: done - (TASKS - 1) * ROUNDS, target: { max: 0, min: 0 } },
    {
      name: 'effects more than tasks',
      value: effects - TASKS * ROUNDS,
      target: { max: 0, min: 0 },
    },
  ];
}
