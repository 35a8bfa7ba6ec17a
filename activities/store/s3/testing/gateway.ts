/**
 * A real S3 server, versitygw, on a temporary folder. `ASSAY_TEST_VERSITYGW` or the cache says where the
 * program is; where it is nowhere, `gatewayMissing` is the reason for which tests are skipped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { CreateBucketCommand } from '@aws-sdk/client-s3';

import { findVersitygw } from '../../../../scripts/versitygw.mjs';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { freePort } from '../../../../testing/free-port.ts';
import { createS3Client } from '../../../../workers/s3.ts';
import { sweepScratch } from '../../../../workers/scratch.ts';
import type { ObjectStore } from '../../contract.ts';
import { createS3Store } from '../s3-store.ts';
import { createStageCache } from '../stage-cache.ts';

export interface Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly bucket: string;
  /** What this process has to have in its environment to reach it. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** An empty store of its own, in a prefix of the bucket. */
  store(options?: StoreOptions): ObjectStore;
  stop(): Promise<void>;
}

export interface StoreOptions {
  /** Instead of the gateway itself: a proxy before it. */
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly client?: S3ClientConfig;
  readonly kmsKeyId?: string;
}

const program = process.env['ASSAY_TEST_VERSITYGW'] ?? (await findVersitygw())?.path;

export const gatewayMissing =
  program === undefined
    ? 'versitygw, an S3 server, is not there: set-up of the tests builds it where Go is installed'
    : undefined;

const BUCKET = 'assay-test';
const CACHE_BYTES = 1024 ** 3;
const START_MS = 10_000;

export async function startGateway(): Promise<Gateway> {
  const folder = await temporaryFolder('s3');
  const data = join(folder, 'data');
  await mkdir(data);
  const credentials = { accessKeyId: 'assay-test', secretAccessKey: 'not-a-secret' };
  const port = await freePort();
  const server = spawn(program ?? '', ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', data], {
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const connection = { region: 'us-east-1', endpoint, pathStyle: true };
  await createBucket(() => createS3Client(connection, { credentials, maxAttempts: 1 }));
  let stores = 0;
  return {
    endpoint,
    bucket: BUCKET,
    credentials,
    store({
      endpoint: before = endpoint,
      bucket = BUCKET,
      prefix = `store-${stores++}`,
      client = {},
      kmsKeyId,
    } = {}) {
      return createS3Store({
        client: createS3Client({ ...connection, endpoint: before }, { credentials, ...client }),
        bucket,
        prefix,
        cache: createStageCache({
          folder: join(folder, 'stage'),
          bytes: CACHE_BYTES,
          process: `${process.pid}-${stores++}`,
          sweep: sweepScratch,
        }),
        ...(kmsKeyId !== undefined && { kmsKeyId }),
      });
    },
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}

/** The server has no other way to say that it is up. */
async function createBucket(connect: () => ReturnType<typeof createS3Client>): Promise<void> {
  const client = connect();
  for (const started = Date.now(); ;) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      return client.destroy();
    } catch (error) {
      if (Date.now() - started > START_MS) throw error;
      await sleep(50);
    }
  }
}
