/** A worker process as a container runs it: what it answers while it works, and that it goes without a loss. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { build } from '../scripts/build.mjs';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { freePort } from '../testing/free-port.ts';
import { startServer, type EmbeddedServer } from './embedded-server.ts';
import { startOrphanGuard } from './orphan-guard.ts';
import { startCollector } from './testing/collector.ts';

const entry = fileURLToPath(new URL('../dist/workers/run.js', import.meta.url));
const RUNS = 12;

interface Process {
  readonly child: ChildProcess;
  readonly log: () => string;
  get(path: string): Promise<{ status: number; body: string }>;
}

describe('serve', () => {
  const guard = startOrphanGuard();
  let folder: string;
  let server: EmbeddedServer;
  let client: Client;

  beforeAll(async () => {
    await build();
    folder = await temporaryFolder('serve');
    server = await startServer({
      command: process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal',
      env: process.env,
      logFolder: folder,
      guard,
      ui: false,
      ports: 'any',
    });
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
  });
  afterAll(async () => {
    await client.connection.close();
    await server.stop();
    await guard.release();
  });

  const start = async (variables: Record<string, string> = {}): Promise<Process> => {
    const port = await freePort();
    const child = spawn(process.execPath, [entry, '--queues', 'control'], {
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: server.address,
        ASSAY_STORE: join(folder, 'store'),
        ASSAY_HEALTH_PORT: String(port),
        ASSAY_LOG: 'json',
        ...variables,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    guard.watch(child.pid ?? 0);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    return {
      child,
      log: () => said,
      async get(path) {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        return { status: answer.status, body: await answer.text() };
      },
    };
  };
  const ready = (worker: Process): Promise<void> =>
    vi.waitFor(async () => expect((await worker.get('/readyz')).status).toBe(200), {
      timeout: 30_000,
      interval: 100,
    });
  const run = (name: string, upTo: number) =>
    client.workflow.start('squares', {
      taskQueue: 'control',
      workflowId: name,
      args: [{ params: { upTo } }],
    });

  it('is healthy, ready, measured and traced while it works', async () => {
    const collector = await startCollector();
    const worker = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.address });
    await ready(worker);
    expect((await worker.get('/healthz')).status).toBe(200);
    expect(await (await run('measured', 5)).result()).toBe(55);
    const { body } = await worker.get('/metrics');
    expect(body).toMatch(/^temporal_worker_task_slots_available\{.*\} \d+/m);
    expect(body).toMatch(/^temporal_workflow_completed_total\{.*workflow_type="squares".*\} 1$/m);
    expect(body).toMatch(/^assay_task_seconds_bucket\{.*outcome="success".*\} \d+/m);
    worker.child.kill('SIGTERM');
    expect(await once(worker.child, 'exit')).toEqual([0, null]);
    const [told] = collector.spans().filter(({ attributes }) => attributes['assay.state'] !== undefined);
    expect(told).toMatchObject({ name: 'squares', attributes: { 'assay.state': 'success' } });
    await collector.stop();
  });

  it('goes at SIGTERM under load, and the next one finishes what it left', async () => {
    const first = await start();
    await ready(first);
    const handles = await Promise.all(Array.from({ length: RUNS }, (_, at) => run(`load-${at}`, 40)));
    first.child.kill('SIGTERM');
    expect(await once(first.child, 'exit')).toEqual([0, null]);
    const second = await start();
    const sums = await Promise.all(handles.map((handle) => handle.result()));
    expect(sums).toEqual(Array.from({ length: RUNS }, () => 22_140));
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });

  it('is healthy while it waits for a server that is not there, and says what it waits for', async () => {
    const keys = JSON.stringify({ current: 'a', keys: { a: Buffer.alloc(32, 7).toString('base64') } });
    const worker = await start({
      TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
      ASSAY_ENV: 'staging',
      ASSAY_ENCRYPTION_KEYS: keys,
    });
    await vi.waitFor(() => expect(worker.log()).toContain('no Temporal server answers'), { timeout: 30_000 });
    expect((await worker.get('/healthz')).status).toBe(200);
    expect((await worker.get('/readyz')).status).toBe(503);
    worker.child.kill('SIGTERM');
    await once(worker.child, 'exit');
  });

  it('does not start in production without keys to encrypt with', async () => {
    const worker = await start({ ASSAY_ENV: 'production' });
    const [code] = (await once(worker.child, 'exit')) as [number];
    expect(code).not.toBe(0);
    expect(worker.log()).toContain('ASSAY_ENCRYPTION_KEYS is not set');
  });

  it('does not start with a key that KMS refuses to unwrap, and says what to do', async () => {
    const kms = createServer((_, response) => {
      response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }));
    }).listen(0, '127.0.0.1');
    await once(kms, 'listening');
    const kmsKey = Buffer.from('wrapped').toString('base64');
    const worker = await start({
      ASSAY_ENCRYPTION_KEYS: JSON.stringify({ current: 'a', keys: { a: { kms: kmsKey } } }),
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${(kms.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'assay-test',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    });
    const [code] = (await once(worker.child, 'exit')) as [number];
    kms.close();
    expect(code).not.toBe(0);
    expect(worker.log()).toMatch(/DataKeyRefused: .*kms:Decrypt/);
    expect(worker.log()).not.toContain('"ready":true');
  });
});
