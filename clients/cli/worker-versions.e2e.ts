import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { installTestRuntime } from '../../testing/test-runtime.ts';
import type { WorkerVersion } from '../workers/versions.ts';
import { registerWorkers } from './workers.ts';
import { typed, type Said } from './testing/typed.ts';

const NAMESPACE = `versions-${randomUUID().slice(0, 8)}`;
const QUEUE = 'control';
const PATIENCE = { timeout: 30_000, interval: 250 };

describe('assay workers versions, use and wait', () => {
  let client: Client;
  let connection: NativeConnection;
  const running: { worker: Worker; ended: Promise<void> }[] = [];

  beforeAll(async () => {
    installTestRuntime();
    const address = inject('temporalAddress');
    connection = await NativeConnection.connect({ address });
    client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
    // A deployment is the namespace's: other tests have theirs elsewhere.
    await client.workflowService.registerNamespace({
      namespace: NAMESPACE,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await vi.waitFor(() => client.workflow.count(), PATIENCE);
  });
  afterAll(async () => {
    for (const { worker } of running) worker.shutdown();
    await Promise.all(running.map(({ ended }) => ended));
    await client.connection.close();
    await connection.close();
  });

  const startVersion = async (buildId: string): Promise<void> => {
    const worker = await Worker.create({
      connection,
      namespace: NAMESPACE,
      taskQueue: QUEUE,
      workflowBundle: { codePath: inject('workflowBundle') },
      workerDeploymentOptions: {
        version: { deploymentName: 'assay', buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    running.push({ worker, ended: worker.run() });
  };

  const run = (...args: string[]): Promise<Said> => {
    const services = { client: async () => client, serve: async () => undefined };
    return typed(registerWorkers, services, ['workers', ...args]);
  };
  const states = async (): Promise<Record<string, string>> => {
    const versions = JSON.parse((await run('versions', '--json')).stdout) as WorkerVersion[];
    return Object.fromEntries(versions.map(({ version, state }) => [version, state]));
  };

  it('takes a version over by degrees, and back, while the old one drains', async () => {
    expect(await states()).toEqual({});
    const early = await run('use', '1.0.0');
    expect(early.code).not.toBe(0);
    expect(early.stderr).toContain('assay workers run');

    await startVersion('1.0.0');
    expect((await run('wait', '1.0.0', '--within', '30')).code).toBe(0);
    await vi.waitFor(async () => expect((await run('use', '1.0.0')).code).toBe(0), PATIENCE);
    await startVersion('1.1.0');
    expect((await run('wait', '1.1.0', '--within', '30')).code).toBe(0);

    await vi.waitFor(async () => expect((await run('use', '1.1.0', '--ramp', '10')).code).toBe(0), PATIENCE);
    expect(await states()).toEqual({ '1.0.0': 'current', '1.1.0': 'ramping' });
    expect((await run('versions')).stdout).toMatch(/1\.1\.0 +ramping +10 %/);

    expect((await run('use', '1.1.0')).stdout).toBe('1.1.0 gets all of the new runs\n');
    await vi.waitFor(async () => expect(await states()).toMatchObject({ '1.1.0': 'current' }), PATIENCE);
    expect((await states())['1.0.0']).toMatch(/draining|drained/);
    expect((await run('wait', '1.1.0', '--drained', '--within', '0')).code).toBe(1);

    expect((await run('use', '1.0.0')).code).toBe(0);
    await vi.waitFor(async () => expect(await states()).toMatchObject({ '1.0.0': 'current' }), PATIENCE);
  });

  it('takes a ramp back', async () => {
    await vi.waitFor(async () => expect((await run('use', '1.1.0', '--ramp', '50')).code).toBe(0), PATIENCE);
    expect((await run('use', '1.1.0', '--ramp', '0')).code).toBe(0);
    expect(await states()).toMatchObject({
      '1.0.0': 'current',
      '1.1.0': expect.not.stringMatching('ramping'),
    });
  });
});
