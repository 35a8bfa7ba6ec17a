/**
 * Records a history of every kind of workflow that the demo and some commands after it run: `node scripts/record-demo-histories.mjs [VERSION]`
 * writes `workflows/histories/<version>-<workflow>.json.gz`. All of its data is generated. Of the machine that
 * recorded nothing stays: identities are replaced, and a payload that names a folder of it is refused.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { cloneRoot } from './clone.mjs';
import { ensureSetUp } from './setup.mjs';
import { findTemporal } from './temporal.mjs';

await ensureSetUp();
const { Client, Connection } = await import('@temporalio/client');
const { historyToJSON } = await import('@temporalio/common/lib/proto-utils.js');
const { startServer } = await import('../dist/workers/embedded-server.js');
const { startOrphanGuard } = await import('../dist/workers/orphan-guard.js');

/** Stands in every event in place of a process and a machine. */
const IDENTITY = 'recorder';
/** Bytes of a file: of each kind of workflow the longest history that is no longer. */
const LARGEST = 100_000;
const target = new URL('../workflows/histories/', import.meta.url);

const { version: current } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const version = process.argv[2] ?? current;
const folder = await mkdtemp(join(tmpdir(), 'assay-histories-'));
const guard = startOrphanGuard();
const server = await startServer({
  command: (await findTemporal()).path,
  env: process.env,
  logFolder: folder,
  guard,
  ui: false,
  ports: 'any',
});
try {
  await assay(server.address, 'demo', '--json', '--batches', '1');
  await withWorkers(server.address, () => others(server.address));
  await record(server.address);
} finally {
  await server.stop();
  await guard.release();
  await rm(folder, { recursive: true, force: true });
}

/** What the demo does not run, and needs no more than the project's own workers: ways in that people have, examples. */
async function others(address) {
  const interval = ['--interval', '2026-03-01T06:00:00Z/2026-03-02T06:00:00Z'];
  const morning = ['--from', '2026-03-01T00:00:00Z', '--to', '2026-03-01T03:00:00Z', '--watch'];
  const project = JSON.stringify({ project: 'readmission' });
  await assay(address, 'runs', 'trigger', 'humanReview');
  await assay(address, 'runs', 'trigger', 'readings', ...interval);
  await assay(address, 'runs', 'trigger', 'squares', ...interval, '--watch');
  await assay(address, 'runs', 'watch', 'readings-2026-03-02T06:00:00Z');
  await assay(address, 'runs', 'trigger', 'squaresReport', '--watch');
  await assay(address, 'runs', 'trigger', 'dailyFigures', '--watch');
  for (const pipeline of ['hourlyOrders', 'hourlyVisits', 'hourlyReturns']) {
    await assay(address, 'backfill', 'create', pipeline, ...morning);
  }
  await assay(address, 'runs', 'trigger', 'review', '--key', 'readmission', '--params', project, '--watch');
  await assay(address, 'predictions', 'score', await handedIn(), '--model', 'readmission');
}

/** The first lines of a month, as somebody might hand them in once more. */
async function handedIn() {
  const landing = join(folder, 'store', 'landing');
  const files = await readdir(landing, { recursive: true });
  const month = await readFile(join(landing, files.filter((file) => file.endsWith('.csv.gz')).toSorted()[0]));
  const file = join(folder, 'handed-in.csv');
  await writeFile(file, gunzipSync(month).toString('utf8').split('\n').slice(0, 20).join('\n'));
  return file;
}

async function withWorkers(address, work) {
  const workers = start(address, ['workers', 'run']);
  try {
    await work();
  } finally {
    workers.kill('SIGTERM');
    await once(workers, 'close');
  }
}

/** @throws Error where the command says no */
async function assay(address, ...args) {
  const [code] = await once(start(address, args), 'close');
  if (code !== 0) throw new Error(`assay ${args.join(' ')} ended with ${code}`);
}

function start(address, args) {
  const command = new URL('../bin/assay', import.meta.url).pathname;
  const env = { ...process.env, TEMPORAL_ADDRESS: address };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  return spawn(process.execPath, [command, '--store', join(folder, 'store'), ...args], options);
}

async function record(address) {
  const client = new Client({ connection: await Connection.connect({ address }) });
  const longest = new Map();
  for await (const { type, workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const compressed = gzipSync(scrubbed(historyToJSON(history)), { level: 9 });
    const before = longest.get(type)?.length ?? 0;
    if (compressed.length <= LARGEST && compressed.length > before) longest.set(type, compressed);
  }
  for (const [type, compressed] of longest) {
    const file = `${version}-${type}.json.gz`;
    await writeFile(new URL(file, target), compressed);
    console.error(`recorded ${file}, ${compressed.length} bytes`);
  }
  await client.connection.close();
}

/** @throws Error where something of this machine would stay */
function scrubbed(json) {
  const own = (key, value) =>
    key.toLowerCase().endsWith('identity') || (typeof value === 'string' && value.includes(`@${hostname()}`));
  const history = JSON.parse(json, (key, value) => {
    // Where the code of a failure stands is the machine's, and no part of what a replay looks at.
    if (key === 'stackTrace') return '';
    return own(key, value) ? IDENTITY : value;
  });
  const text = JSON.stringify(history);
  const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const told = [`@${hostname()}`, folder, homedir(), cloneRoot].find(
    (name) => text.includes(name) || payloads.some((payload) => payload.includes(name)),
  );
  if (told !== undefined) throw new Error(`a history tells of this machine: ${told}`);
  return text;
}
