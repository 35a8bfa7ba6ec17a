import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { storeSuite } from '../testing/suite.ts';
import { startFaultProxy } from './testing/fault-proxy.ts';
import { gatewayMissing, startGateway } from './testing/gateway.ts';
import type { Gateway } from './testing/gateway.ts';

describe('against versitygw', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    if (gatewayMissing === undefined) gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());
  beforeEach((context) => context.skip(gatewayMissing !== undefined, gatewayMissing));

  storeSuite('an S3 bucket', async () => gateway.store());

  it('asks for encryption with its key wherever it writes, and nowhere without one', async () => {
    const proxy = await startFaultProxy(gateway.endpoint, () => undefined);
    const file = join(await temporaryFolder('kms'), 'three-parts');
    await writeFile(file, Buffer.alloc(17 * 1024 * 1024));
    const asked = async (kmsKeyId?: string): Promise<unknown[]> => {
      const first = proxy.requests.length;
      const store = gateway.store({ endpoint: proxy.endpoint, ...(kmsKeyId !== undefined && { kmsKeyId }) });
      // The server has no KMS: what counts is what it was asked.
      await Promise.allSettled([store.put('a', 'x'), store.putIfAbsent('b', 'x'), store.upload('c', file)]);
      return proxy.requests
        .slice(first)
        .filter(({ method, path }) => method.startsWith('P') && !/uploadId=/.test(path))
        .map(({ headers }) => headers['x-amz-server-side-encryption-aws-kms-key-id']);
    };
    expect(await asked('alias/assay')).toEqual(Array(3).fill('alias/assay'));
    expect(await asked()).toEqual(Array(3).fill(undefined));
    await proxy.close();
    await rm(dirname(file), { recursive: true });
  });

  it('stages a replaced object anew, and leaves the old one to those who have it', async () => {
    const store = gateway.store();
    await store.put('k.csv', 'old');
    const old = await store.stage('k.csv');
    await store.put('k.csv', 'new!');
    expect(await readFile(await store.stage('k.csv'), 'utf8')).toBe('new!');
    expect(await readFile(old, 'utf8')).toBe('old');
    expect(old).toMatch(/\.csv$/);
  });

  it('serves a whole bucket where it has no prefix, and knows a missing bucket from a missing object', async () => {
    const store = gateway.store({ prefix: '' });
    await store.put('at/the/root', 'x');
    expect(await store.head('at/the/root')).toMatchObject({ key: 'at/the/root' });
    const nowhere = gateway.store({ bucket: 'not-there' });
    const failure = { type: 'BucketNotFound', nonRetryable: true };
    await expect(nowhere.head('k')).rejects.toMatchObject(failure);
    await expect(nowhere.stage('k')).rejects.toMatchObject(failure);
    await expect(nowhere.put('k', 'x')).rejects.toMatchObject(failure);
    await expect(nowhere.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(failure);
  });

  it('knows what is missing by rights that end at prefixes, which let nobody ask for the bucket itself', async () => {
    const isBucket = (path: string): boolean => /^\/[^/]+\/?(\?|$)/.test(path);
    const proxy = await startFaultProxy(gateway.endpoint, ({ method, path }) =>
      method === 'HEAD' && isBucket(path) ? 'denied' : undefined,
    );
    const store = gateway.store({ endpoint: proxy.endpoint });
    expect(await store.head('missing')).toBeUndefined();
    await expect(store.stage('missing')).rejects.toMatchObject({ type: 'ObjectNotFound' });
    expect(proxy.played.get('denied')).toBe(1);
    await proxy.close();
  });

  it('fails for good on wrong credentials, and tells no secret', async () => {
    const credentials = { ...gateway.credentials, secretAccessKey: 'a-wrong-one' };
    const failed = await gateway
      .store({ client: { credentials } })
      .get('k')
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ type: 'StoreAccessDenied', nonRetryable: true });
    expect(inspect(failed, { depth: 20, showHidden: true })).not.toMatch(
      /a-wrong-one|Signature=|Credential=/,
    );
  });

  it('says where it is without credentials', () => {
    expect(gateway.store({ prefix: 'a/b' }).uri).toBe(`s3://${gateway.bucket}/a/b`);
  });
});
