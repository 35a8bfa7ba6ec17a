/**
 * moto's server: SNS, SQS, Secrets Manager and KMS over AWS's own protocols. `ASSAY_TEST_MOTO` or the cache says where it
 * is installed; where it is nowhere, `motoMissing` is the reason for which tests are skipped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { findMoto } from '../scripts/moto.mjs';
import { freePort } from './free-port.ts';

export interface Moto {
  /** What every client of the SDK needs to reach it. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  stop(): Promise<void>;
}

const installed = process.env['ASSAY_TEST_MOTO'] ?? (await findMoto().catch(() => undefined))?.path;

export const motoMissing =
  installed === undefined
    ? 'moto, a server that speaks AWS, is not there: set-up of the tests installs it where there is Python with pip'
    : undefined;

const START_MS = 30_000;

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, PYTHONPATH: installed },
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(endpoint);
  return {
    client: {
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'assay-test', secretAccessKey: 'not-a-secret' },
    },
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}

async function answering(endpoint: string): Promise<void> {
  for (const started = Date.now(); ;) {
    try {
      await fetch(`${endpoint}/moto-api/data.json`);
      return;
    } catch (error) {
      if (Date.now() - started > START_MS) throw error;
      await sleep(100);
    }
  }
}
