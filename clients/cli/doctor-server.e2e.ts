import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { installTestRuntime } from '../../testing/test-runtime.ts';
import { diagnose, type Diagnosis } from './doctor.ts';
import { serverComponents, type ServerOptions } from './doctor-server.ts';

const QUEUE = `doctor-${randomUUID().slice(0, 8)}`;

describe('serverComponents', () => {
  let client: Client;
  let connection: NativeConnection;

  beforeAll(async () => {
    installTestRuntime();
    const address = inject('temporalAddress');
    connection = await NativeConnection.connect({ address });
    client = new Client({ connection: await Connection.connect({ address }) });
  });
  afterAll(async () => {
    await client.connection.close();
    await connection.close();
  });

  const found = async (more: Partial<ServerOptions> = {}): Promise<Record<string, Diagnosis>> => {
    const ui = 'http://127.0.0.1:1';
    const options: ServerOptions = {
      client: async () => client,
      address: undefined,
      taskQueue: QUEUE,
      ui,
      ...more,
    };
    const diagnoses = await diagnose(serverComponents(options));
    return Object.fromEntries(diagnoses.map((diagnosis) => [diagnosis.name, diagnosis]));
  };

  it("tells the server's version, and the build of the workers that poll", async () => {
    expect((await found())['workers']).toMatchObject({ ok: false, problem: `none polls the queue ${QUEUE}` });
    const worker = await Worker.create({
      connection,
      taskQueue: QUEUE,
      workflowBundle: { codePath: inject('workflowBundle') },
      workerDeploymentOptions: {
        version: { deploymentName: 'assay-unversioned', buildId: '3f2a90c1b7de' },
        useWorkerVersioning: false,
      },
    });
    await worker.runUntil(async () => {
      await expect.poll(found, { timeout: 20_000 }).toMatchObject({
        'Temporal server': {
          ok: true,
          version: expect.stringMatching(/^\d+\.\d+/),
          where: `${inject('temporalAddress')}, namespace default`,
        },
        workers: { ok: true, version: '3f2a90c1b7de' },
      });
    });
  });

  it('needs a server only where one is configured', async () => {
    const client = (): Promise<never> => Promise.reject(new Error('No Temporal server answers'));
    expect((await found({ client }))['Temporal server']).toMatchObject({ needed: false, mend: 'assay up' });
    const elsewhere = await found({ client, address: 'temporal.example:7233' });
    expect(elsewhere['Temporal server']).toMatchObject({
      needed: true,
      ok: false,
      problem: 'No Temporal server answers',
    });
    expect(elsewhere).not.toHaveProperty('Web UI');
    expect((await found())['Web UI']?.problem).toBe('nothing answers at http://127.0.0.1:1');
  });

  it("tells the Web UI's version, and takes nothing else for it", async () => {
    let settings = '{"Version":"2.48.4","Auth":{}}';
    const site = createServer((_request, response) => response.end(settings));
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    try {
      const ui = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
      expect((await found({ ui }))['Web UI']).toMatchObject({ ok: true, version: '2.48.4', where: ui });
      settings = '{}';
      expect((await found({ ui }))['Web UI']).toMatchObject({
        ok: false,
        problem: expect.stringContaining("not Temporal's Web UI"),
      });
    } finally {
      site.close();
    }
  });
});
