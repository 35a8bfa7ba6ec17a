import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';

import { createLocalStore } from '../activities/store/local-store.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { freePort } from '../testing/free-port.ts';
import { assemble } from './image-root.mjs';

const MB = 1024 * 1024;
/** Ours alone on the server that all tests share. */
const SUFFIX = `-image-${process.pid}`;
const RUNS = 30;
const LATE = 5;
const NUMBERS = 60;

describe('node scripts/image-root.mjs', () => {
  let folder: string;
  let root: string;
  let store: ObjectStore;
  let parts: Record<string, number>;

  beforeAll(async () => {
    folder = await temporaryFolder('image');
    root = join(folder, 'root');
    store = createLocalStore(join(folder, 'store'));
    parts = await assemble(root, { linked: true });
  });

  /** As in the container: nothing of this clone in the environment. */
  const env = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: folder,
    NODE_ENV: 'production',
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    ASSAY_STORE: store.uri,
    ASSAY_QUEUE_SUFFIX: SUFFIX,
    ASSAY_XGBOOST: join(root, 'xgboost/xgboost/lib/libxgboost.so'),
  });

  const startWorker = async (healthPort: number): Promise<ChildProcess> => {
    const entry = ['dist/workers/run.js', '--queues', 'control,data,training'];
    const worker = spawn(process.execPath, entry, {
      cwd: root,
      env: { ...env(), ASSAY_HEALTH_PORT: String(healthPort) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const [first] = (await once(worker.stdout, 'data')) as [Buffer];
    expect(JSON.parse(first.toString())).toMatchObject({ ready: true });
    return worker;
  };

  const asked = async (port: number, path: string): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, body: await answer.json() };
  };

  it('is far below 700 MB, with licences and without types, other platforms and tools of development', async () => {
    const bytes = Object.values(parts).reduce((sum, part) => sum + part, 0);
    expect(bytes).toBeLessThan(350 * MB);
    const files = (await readdir(root, { recursive: true })).filter((file) => !file.startsWith('dist'));
    expect(files.filter((file) => /\.d\.ts$|win32|^node_modules\/(typescript|vitest)\//.test(file))).toEqual(
      [],
    );
    expect(files).toContain('node_modules/@temporalio/worker/LICENSE');
    expect((await stat(join(root, 'xgboost'))).mode & 0o005).toBe(0o005);
  });

  it('gives a command that works without set-up, and finds every part that a worker needs', async () => {
    const program = join(root, 'bin', 'assay');
    const { stdout } = await promisify(execFile)(program, ['doctor', '--json'], { cwd: folder, env: env() });
    const { components } = JSON.parse(stdout) as {
      components: { name: string; ok: boolean; needed: boolean }[];
    };
    const parts = components.filter(({ name, needed }) => needed && name !== 'Temporal command');
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('starts workers that say when they are ready, and drain on SIGTERM under load: the next ones go on, nothing is lost, nothing is written beside .assay', async () => {
    const before = await listing(root);
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    const { workflow } = new Client({ connection });
    const port = await freePort();
    const first = await startWorker(port);
    const running = { state: 'RUNNING', activities: expect.any(Number) };
    const queues = { control: running, data: running, training: running };
    await vi.waitFor(
      async () =>
        expect(await asked(port, '/readyz')).toEqual({ status: 200, body: { ready: true, queues } }),
      { timeout: 10_000, interval: 100 },
    );
    expect(await asked(port, '/healthz')).toEqual({ status: 200, body: { healthy: true, queues } });
    const taskQueue = `control${SUFFIX}`;
    const start = (at: number) => {
      const workflowId = `squares.image-${process.pid}-${at}-2026-01-01T00:00:${String(at).padStart(2, '0')}Z`;
      return workflow.start('squares', { workflowId, taskQueue, args: [{ params: { upTo: NUMBERS } }] });
    };
    const early = await Promise.all(Array.from({ length: RUNS - LATE }, (_, at) => start(at)));
    // One is done, others are under way; the last come when the worker has gone.
    await early[0]?.result();
    first.kill('SIGTERM');
    expect((await once(first, 'exit'))[0]).toBe(0);
    const late = await Promise.all(Array.from({ length: LATE }, (_, at) => start(RUNS - LATE + at)));
    const handles = [...early, ...late];

    const second = await startWorker(await freePort());
    const sum = (NUMBERS * (NUMBERS + 1) * (2 * NUMBERS + 1)) / 6;
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results).toEqual(Array.from({ length: RUNS }, () => sum));
    second.kill('SIGTERM');
    expect((await once(second, 'exit'))[0]).toBe(0);
    await connection.close();

    const records = await keys(store, 'ledger/closed/');
    expect(records).toHaveLength(RUNS);
    expect(await listing(root)).toEqual(before);
  });
});

/** Every file with its size and time, but for what is mounted in a container. */
async function listing(folder: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => !file.startsWith('.assay'));
  const infos = await Promise.all(files.map((file) => stat(join(folder, file))));
  return files.map((file, at) => `${file} ${infos[at]?.size} ${infos[at]?.mtimeMs}`).toSorted();
}

async function keys(store: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}
