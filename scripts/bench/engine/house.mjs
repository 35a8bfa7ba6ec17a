/** A server for one benchmark, and worker processes that can be measured and killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBundle } from '../../../dist/workers/bundle.js';
import { TASK_QUEUE } from './names.mjs';
import { withServer } from './server.mjs';

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const WORKFLOWS = fileURLToPath(new URL('./workflows.mjs', import.meta.url));

/** Nothing of it is left when `body` is over. */
export function withHouse(body) {
  return withServer(async ({ address, client, folder }) => {
    const workers = [];
    try {
      const bundle = join(folder, 'workflows.js');
      await writeBundle(bundle, { workflows: WORKFLOWS });
      const addWorker = async () => {
        const worker = await startWorker([address, folder, bundle]);
        workers.push(worker);
        return worker;
      };
      return await body({ ...starters(client), client, folder, address, addWorker });
    } finally {
      await Promise.all(workers.map((worker) => worker.kill()));
    }
  });
}

/** Runs under the IDs that the ledger knows them by. */
function starters(client) {
  let count = 0;
  const start = (type, params) => {
    const [key, fireTime] = [String((count += 1)), '2026-01-01T00:00:00Z'];
    return client.workflow.start(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}.${key}-${fireTime}`,
      args: [{ params, key, fireTime }],
    });
  };
  return { start, execute: async (type, params) => (await start(type, params)).result() };
}

async function startWorker(args) {
  const child = fork(WORKER, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const [first] = await Promise.race([once(child, 'message'), gone]);
  if (first !== 'ready') throw new Error(`the worker ended before it was ready (${first})`);
  return {
    async peakMegabytes() {
      const answer = once(child, 'message');
      child.send('peak');
      return (await answer)[0].peakMegabytes;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** What the tries of `light.ready` and `light.effect` have told: `{ name, at, waited }`, times in ms. */
export async function began(folder) {
  const text = await readFile(join(folder, 'began'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name, at, waited] = line.split(' ');
      return { name, at: Number(at), waited: Number(waited) };
    });
}
