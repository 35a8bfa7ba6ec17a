/**
 * Records a history of every kind of workflow that the demo and some commands after it run: `node scripts/record-demo-histories.mjs [VERSION]`
 * writes `workflows/histories/<version>-<workflow>.json.gz`. All of its data is generated.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { longestHistories, saveHistory } from './histories.mjs';
import { withServer } from './with-server.mjs';

const { version: current } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const version = process.argv[2] ?? current;

await withServer('histories', async ({ address, folder }) => {
  const at = { address, store: join(folder, 'store') };
  await assay(at, 'demo', '--json', '--batches', '1');
  await withWorkers(at, () => others(at, folder));
  for (const [kind, history] of await longestHistories(address)) await saveHistory(version, kind, history);
});

/** What the demo does not run, and needs no more than the project's own workers: ways in that people have, examples. */
async function others(at, folder) {
  const interval = ['--interval', '2026-03-01T06:00:00Z/2026-03-02T06:00:00Z'];
  const morning = ['--from', '2026-03-01T00:00:00Z', '--to', '2026-03-01T03:00:00Z', '--watch'];
  const project = JSON.stringify({ project: 'readmission' });
  await assay(at, 'runs', 'trigger', 'humanReview');
  await assay(at, 'runs', 'trigger', 'readings', ...interval);
  await assay(at, 'runs', 'trigger', 'squares', ...interval, '--watch');
  await assay(at, 'runs', 'watch', 'readings-2026-03-02T06:00:00Z');
  await assay(at, 'runs', 'trigger', 'squaresReport', '--watch');
  await assay(at, 'runs', 'trigger', 'dailyFigures', '--watch');
  for (const pipeline of ['hourlyOrders', 'hourlyVisits', 'hourlyReturns']) {
    await assay(at, 'backfill', 'create', pipeline, ...morning);
  }
  await assay(at, 'runs', 'trigger', 'review', '--key', 'readmission', '--params', project, '--watch');
  await assay(at, 'predictions', 'score', await handedIn(folder), '--model', 'readmission');
}

/** The first lines of a month, as somebody might hand them in once more. */
async function handedIn(folder) {
  const landing = join(folder, 'store', 'landing');
  const files = await readdir(landing, { recursive: true });
  const month = await readFile(join(landing, files.filter((file) => file.endsWith('.csv.gz')).toSorted()[0]));
  const file = join(folder, 'handed-in.csv');
  await writeFile(file, gunzipSync(month).toString('utf8').split('\n').slice(0, 20).join('\n'));
  return file;
}

async function withWorkers(at, work) {
  const workers = start(at, ['workers', 'run']);
  try {
    await work();
  } finally {
    workers.kill('SIGTERM');
    await once(workers, 'close');
  }
}

/** @throws Error where the command says no */
async function assay(at, ...args) {
  const [code] = await once(start(at, args), 'close');
  if (code !== 0) throw new Error(`assay ${args.join(' ')} ended with ${code}`);
}

function start({ address, store }, args) {
  const command = new URL('../bin/assay', import.meta.url).pathname;
  const env = { ...process.env, TEMPORAL_ADDRESS: address };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  return spawn(process.execPath, [command, '--store', store, ...args], options);
}
