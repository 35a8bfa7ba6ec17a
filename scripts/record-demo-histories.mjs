/**
 * Records a history of every kind of workflow that the demo runs: `node scripts/record-demo-histories.mjs [VERSION]`
 * writes `workflows/histories/<version>-<workflow>.json.gz`. All of its data is generated. Of the machine that
 * recorded nothing stays: identities are replaced, and a payload that names a folder of it is refused.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

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
  await demo(server.address);
  await record(server.address);
} finally {
  await server.stop();
  await guard.release();
  await rm(folder, { recursive: true, force: true });
}

function demo(address) {
  const assay = new URL('../bin/assay', import.meta.url).pathname;
  const args = [assay, '--store', join(folder, 'store'), 'demo', '--json', '--batches', '1'];
  const env = { ...process.env, TEMPORAL_ADDRESS: address };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`the demo ended with ${code}`))));
  });
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
  const history = JSON.parse(json, (key, value) => (own(key, value) ? IDENTITY : value));
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
