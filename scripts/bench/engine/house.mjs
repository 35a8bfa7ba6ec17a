/** A server, a store and a client for one benchmark, and worker processes that can be measured and killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { writeBundle } from '../../../dist/workers/bundle.js';
import { startServer } from '../../../dist/workers/embedded-server.js';
import { startOrphanGuard } from '../../../dist/workers/orphan-guard.js';
import { findTemporal } from '../../temporal.mjs';
import { TASK_QUEUE } from './names.mjs';

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));
const WORKFLOWS = fileURLToPath(new URL('./workflows.mjs', import.meta.url));

/** Nothing of it is left when `body` is over. */
export async function withHouse(body) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const guard = startOrphanGuard();
  const [command, env] = [(await findTemporal()).path, process.env];
  const server = await startServer({ command, env, logFolder: folder, guard, ui: false, ports: 'any' });
  const connection = await Connection.connect({ address: server.address });
  const workers = [];
  try {
    const bundle = join(folder, 'workflows.js');
    await writeBundle(bundle, { workflows: WORKFLOWS });
    const client = new Client({ connection });
    const addWorker = async () => {
      const worker = await startWorker([server.address, folder, bundle]);
      workers.push(worker);
      return worker;
    };
    return await body({ ...starters(client), client, folder, address: server.address, addWorker });
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await connection.close();
    await server.stop();
    await guard.release();
    await rm(folder, { recursive: true, force: true });
  }
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

export async function seconds(body) {
  const before = performance.now();
  await body();
  return (performance.now() - before) / 1000;
}

/** @param share 0.5 is the median */
export function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
