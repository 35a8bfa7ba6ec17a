/** Wires the S3 adapter: the SDK's client as the environment says, and this machine's cache of staged objects. */
import { hostname } from 'node:os';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

import type { ObjectStore } from '../activities/store/contract.ts';
import { createS3Store } from '../activities/store/s3/s3-store.ts';
import { createStageCache } from '../activities/store/s3/stage-cache.ts';
import type { S3Env } from './env.ts';
import { sweepScratch } from './scratch.ts';

/** Of the client itself, before the adapter has its own say. */
const ATTEMPTS = 4;
const CONNECT_MS = 5_000;
/** Without a byte in either direction. */
const SILENCE_MS = 20_000;

export function openS3Store(bucket: string, prefix: string, env: S3Env): ObjectStore {
  return createS3Store({
    client: createS3Client(env),
    bucket,
    prefix,
    cache: createStageCache({
      folder: env.stageFolder,
      bytes: env.stageBytes,
      process: `${hostname()}-${process.pid}`,
      sweep: sweepScratch,
    }),
    ...(env.kmsKeyId !== undefined && { kmsKeyId: env.kmsKeyId }),
  });
}

/** @param settings over what the environment says: tests have credentials and timeouts of their own */
export function createS3Client(
  { region, endpoint, pathStyle }: Pick<S3Env, 'region' | 'endpoint' | 'pathStyle'>,
  settings: S3ClientConfig = {},
): S3Client {
  return new S3Client({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle,
    retryMode: 'adaptive',
    maxAttempts: ATTEMPTS,
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
    // Parts are small, and a second connection for each costs more than sending a refused one twice.
    expectContinueHeader: false,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    ...settings,
  });
}
