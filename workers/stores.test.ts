import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gatewayMissing, startGateway } from '../activities/store/s3/testing/gateway.ts';
import type { Gateway } from '../activities/store/s3/testing/gateway.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readEnv } from './env.ts';
import { openStore, openStores } from './stores.ts';

const s3 = readEnv({}).s3;

describe('openStore', () => {
  it.each([
    ['s3://bucket', 's3://bucket'],
    ['s3://bucket/', 's3://bucket'],
    ['s3://a-bucket.of-ours/some/prefix/', 's3://a-bucket.of-ours/some/prefix'],
  ])('takes %s for a place in S3, without going there', (given, uri) => {
    expect(openStore(given, s3).uri).toBe(uri);
  });

  it.each(['s3://', 's3://B', 's3://bucket//x', 's3://bucket/../x', 'gs://bucket', 'http://bucket'])(
    'refuses %s and says what it takes',
    (given) => {
      expect(() => openStore(given, s3)).toThrow('s3://bucket/prefix');
    },
  );

  it('opens a folder', async () => {
    const folder = await temporaryFolder('stores');
    const store = openStore(pathToFileURL(folder).href, s3);
    expect(await store.putIfAbsent('a', 'x')).toBe(true);
  });
});

describe('the environment of S3', () => {
  it('is what the AWS SDK calls it, S3 before everything', () => {
    const AWS_ENDPOINT_URL = 'http://one:1';
    const both = { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3: 'http://two:2', AWS_REGION: 'eu-central-1' };
    expect(readEnv(both).s3).toMatchObject({
      endpoint: 'http://two:2',
      region: 'eu-central-1',
      pathStyle: true,
    });
    expect(readEnv({ AWS_ENDPOINT_URL }).s3).toMatchObject({ endpoint: 'http://one:1', region: 'us-east-1' });
    expect(s3).toMatchObject({ endpoint: undefined, region: undefined, pathStyle: false });
  });

  it('names every wrong value', () => {
    const wrong = { ASSAY_STAGE_MB: 'much', ASSAY_S3_PATH_STYLE: 'perhaps' };
    expect(() => readEnv(wrong)).toThrow(/ASSAY_S3_PATH_STYLE[^]*ASSAY_STAGE_MB/);
  });

  describe('against versitygw', () => {
    let gateway: Gateway | undefined;
    let folder: string;
    const before = { ...process.env };
    beforeAll(async () => {
      if (gatewayMissing !== undefined) return;
      gateway = await startGateway();
      folder = await temporaryFolder('stores');
    });
    afterAll(async () => {
      process.env = before;
      await gateway?.stop();
    });

    it('is all that a store needs', async (context) => {
      if (gateway === undefined) return context.skip(gatewayMissing);
      process.env['AWS_ACCESS_KEY_ID'] = gateway.credentials.accessKeyId;
      process.env['AWS_SECRET_ACCESS_KEY'] = gateway.credentials.secretAccessKey;
      const env = readEnv({ AWS_ENDPOINT_URL_S3: gateway.endpoint, ASSAY_STAGE_FOLDER: folder });
      const store = openStore(`s3://${gateway.bucket}/by/env`, env.s3);
      expect(await store.putIfAbsent('a/b', 'x')).toBe(true);
      expect(await store.putIfAbsent('a/b', 'y')).toBe(false);
      const keys: string[] = [];
      for await (const { key } of store.list('a/')) keys.push(key);
      expect(keys).toEqual(['a/b']);
      expect(await store.stage('a/b')).toContain(folder);
    });
  });
});

describe('openStores', () => {
  it('keeps models where ASSAY_REGISTRY_STORE says, and everything else in the store', async () => {
    const folder = await temporaryFolder('stores');
    const [data, models] = ['data', 'models'].map((name) => pathToFileURL(join(folder, name)).href) as [
      string,
      string,
    ];
    const store = openStores(data, readEnv({ ASSAY_REGISTRY_STORE: models }));
    await store.put('registry/m/log/1.json', '{}');
    await store.put('runs/r/1.json', '{}');
    expect(store.uri).toBe(data);
    expect(await openStore(models, s3).head('registry/m/log/1.json')).toBeDefined();
    expect(await openStore(data, s3).head('registry/m/log/1.json')).toBeUndefined();
    expect(await openStore(data, s3).head('runs/r/1.json')).toBeDefined();
  });
});
