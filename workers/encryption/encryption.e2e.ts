/** What stands in Temporal when encryption is on: nothing that a run was given, returned or failed with. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ApplicationFailure, type DataConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { diamond, patient } from '../../workflows/engine/testing/pipelines.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { bundleWorkflows } from '../bundle.ts';
import { openCodecServer } from './open-codec-server.ts';
import { openEncryption } from './open-encryption.ts';

const MARKER = 'marker-4711';
const TOKEN = 'a-token-of-this-test';
const registry = fileURLToPath(new URL('../../workflows/engine/testing/registry.ts', import.meta.url));
const ring = JSON.stringify({ current: 'now', keys: { now: randomBytes(32).toString('base64') } });

let kit: Kit;

beforeAll(async () => {
  const env = { encryptionKeys: ring, environment: 'production' } as const;
  const dataConverter = openEncryption(env, { encryption: 'required' }) as DataConverter;
  const workflowBundle = await bundleWorkflows({ workflows: registry, kind: 'encrypted' });
  kit = await startKit({
    pipelines: [diamond, patient],
    activities: {
      'probe.echo': async (value: unknown) => value,
      'probe.flaky': async () => {
        throw ApplicationFailure.nonRetryable(
          `${MARKER} in a message`,
          'AccessDenied',
          `${MARKER} in details`,
        );
      },
    },
    worker: { workflowBundle, dataConverter },
  });
});
afterAll(() => kit.stop());

/** As the server keeps it. */
async function exported(workflowId: string): Promise<Buffer> {
  const { workflowService } = kit.client.connection as { workflowService: typeof kit.client.workflowService };
  const events: temporal.api.history.v1.IHistoryEvent[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId },
      ...(nextPageToken && { nextPageToken }),
    });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken);
  return Buffer.from(temporal.api.history.v1.History.encode({ events }).finish());
}

describe('an encrypted run', () => {
  it('leaves no plain text of its params, arguments and results in its history', async () => {
    const handle = await kit.start(diamond, { params: { word: MARKER } });
    expect(await handle.result()).toMatchObject({ one: `${MARKER}-left` });
    const history = await exported(handle.workflowId);
    expect(history.includes('binary/encrypted')).toBe(true);
    expect(history.includes(MARKER)).toBe(false);
    const { raw } = await handle.describe();
    expect(JSON.stringify(raw)).not.toContain(MARKER);
  });

  it('leaves no plain text of what it failed with, and still tells it to its own people', async () => {
    const handle = await kit.start(patient);
    await expect(handle.result()).rejects.toThrow('Workflow execution failed');
    const history = await exported(handle.workflowId);
    expect(history.includes(MARKER)).toBe(false);
    expect(history.includes('Encoded failure')).toBe(true);
    const record = await kit.query(handle);
    expect(record.tasks.find(({ name }) => name === 'fetch')?.error?.message).toBe(`${MARKER} in a message`);
  });

  it("is shown in plain by Temporal's own command through the codec server", async () => {
    const handle = await kit.start(diamond, { params: { word: MARKER } });
    await handle.result();
    const server = await openCodecServer(
      { encryptionKeys: ring, codecAccess: { token: TOKEN } },
      { host: '127.0.0.1', port: 0, origins: [], open: false, log: () => undefined },
    );
    const show = ['workflow', 'result', '--workflow-id', handle.workflowId];
    const at = ['--address', inject('temporalAddress')];
    const codec = ['--codec-endpoint', server.url, '--codec-auth', `Bearer ${TOKEN}`];
    const command = process.env['ASSAY_TEMPORAL_BIN'] ?? 'temporal';
    const run = (...args: string[]): Promise<string> =>
      promisify(execFile)(command, args, { maxBuffer: 1 << 26 }).then(({ stdout }) => stdout);
    try {
      expect(await run(...show, ...at)).not.toContain(MARKER);
      expect(await run(...show, ...at, ...codec)).toContain(`${MARKER}-left`);
    } finally {
      await server.close();
    }
  });
});
