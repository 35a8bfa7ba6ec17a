import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { createS3Client } from '../../../workers/s3.ts';
import type { ObjectStore } from '../contract.ts';
import { FAULTS, nextFaults, seededFaults, startFaultProxy } from './testing/fault-proxy.ts';
import type { Fault, FaultPlan, FaultProxy } from './testing/fault-proxy.ts';
import { gatewayMissing, startGateway } from './testing/gateway.ts';
import type { Gateway, StoreOptions } from './testing/gateway.ts';

/** What a stalled connection costs in these tests. */
const SILENCE_MS = 300;
/** Three parts of an upload. */
const BIG = 17 * 1024 * 1024;
/** The adaptive client waits for seconds after a single SlowDown, so that many of them are for the other one. */
const STANDARD: StoreOptions = { client: { retryMode: 'standard' } };
const ONE_ANSWER = 2 * 1024 * 1024 + 1;

describe('an S3 store behind a network with faults', () => {
  let gateway: Gateway;
  let folder: string;
  let proxy: FaultProxy | undefined;
  beforeAll(async () => {
    if (gatewayMissing === undefined) gateway = await startGateway();
    folder = await temporaryFolder('faults');
  });
  afterAll(async () => {
    await gateway?.stop();
  });
  beforeEach((context) => context.skip(gatewayMissing !== undefined, gatewayMissing));
  afterEach(() => proxy?.close());

  /** A store behind a proxy, and the same one without. */
  async function behind(
    plan: FaultPlan,
    options: StoreOptions = {},
  ): Promise<{ store: ObjectStore; direct: ObjectStore }> {
    proxy = await startFaultProxy(gateway.endpoint, plan);
    const direct = gateway.store();
    const prefix = direct.uri.split('/').at(-1) ?? '';
    const requestHandler = { connectionTimeout: 1_000, socketTimeout: SILENCE_MS };
    const client = { requestHandler, ...options.client };
    return { direct, store: gateway.store({ ...options, endpoint: proxy.endpoint, prefix, client }) };
  }

  async function someFile(bytes = BIG): Promise<{ path: string; digest: string }> {
    const path = join(folder, 'big.bin');
    await writeFile(path, randomBytes(bytes));
    return { path, digest: await digestOf(path) };
  }

  it.each(FAULTS)(
    'knows that it has created a key after %s, and that a second writer has not',
    async (fault) => {
      const { store, direct } = await behind(nextFaults('PUT', fault));
      expect(await store.putIfAbsent('key', 'mine')).toBe(true);
      expect(await store.putIfAbsent('key', 'mine')).toBe(false);
      expect(Buffer.from(await direct.get('key')).toString()).toBe('mine');
      expect(proxy?.played.get(fault)).toBe(1);
    },
  );

  it.each(FAULTS)('knows that it has lost a key after %s, also with the same content', async (fault) => {
    const { store, direct } = await behind(nextFaults('PUT', fault));
    await direct.putIfAbsent('key', 'same');
    expect(await store.putIfAbsent('key', 'same')).toBe(false);
  });

  it.each(FAULTS.filter((fault) => fault !== 'conflict'))(
    'reads all of an object through %s',
    async (fault) => {
      const { store, direct } = await behind(nextFaults('GET', fault, fault));
      const { path, digest } = await someFile(ONE_ANSWER);
      await direct.upload('big', path);
      expect(
        createHash('sha256')
          .update(await store.get('big'))
          .digest('hex'),
      ).toBe(digest);
      expect(proxy?.played.get(fault)).toBe(2);
      expect(await digestOf(await store.stage('big'))).toBe(digest);
    },
  );

  it('uploads big files whole through every fault of every request', async () => {
    const faults = FAULTS.filter((fault) => fault !== 'conflict');
    const { store, direct } = await behind(seededFaults(5, 0.4, faults), STANDARD);
    const { path, digest } = await someFile();
    for (let turn = 0; turn < 3; turn++) await store.upload(`big/${turn}`, path);
    for (let turn = 0; turn < 3; turn++)
      expect(await digestOf(await direct.stage(`big/${turn}`))).toBe(digest);
  });

  it('knows a completed upload again when the answer to its completion is lost', async () => {
    const { store, direct } = await behind(completions('reset-after'));
    const { path, digest } = await someFile();
    await store.upload('big', path);
    expect(await digestOf(await direct.stage('big'))).toBe(digest);
    expect(proxy?.played.get('reset-after')).toBe(1);
  });

  it('leaves no object and no parts behind an upload that fails', async () => {
    const conflict: FaultPlan = ({ path }) => (path.includes('partNumber=3') ? 'conflict' : undefined);
    // No request is repeated for a slow answer: an upload whose beginning was not heard of is nobody's to clear away.
    const { store, direct } = await behind(conflict, {
      client: { requestHandler: { socketTimeout: 30_000 } },
    });
    const { path } = await someFile();
    await expect(store.upload('big', path)).rejects.toMatchObject({ type: 'StoreUnavailable' });
    expect(await direct.head('big')).toBeUndefined();
    const client = createS3Client(
      { region: 'us-east-1', endpoint: gateway.endpoint, pathStyle: true },
      { credentials: gateway.credentials },
    );
    const Prefix = `${new URL(store.uri).pathname.slice(1)}/`;
    const open = await client.send(new ListMultipartUploadsCommand({ Bucket: gateway.bucket, Prefix }));
    expect(open.Uploads ?? []).toEqual([]);
  });

  it('loses nothing and writes nothing twice when eight writers share a log and every fault happens', async () => {
    const { store, direct } = await behind(seededFaults(7, 0.25), STANDARD);
    const winners = await Promise.all(
      Array.from({ length: 8 }, (_, writer) => appendAll(store, writer, ['a', 'b', 'c'])),
    );
    const entries: string[] = [];
    for await (const { key } of direct.list('log/'))
      entries.push(Buffer.from(await direct.get(key)).toString());
    const expected = Array.from({ length: 8 }, (_, writer) =>
      ['a', 'b', 'c'].map((name) => `${writer}${name}`),
    );
    expect(entries.toSorted()).toEqual(expected.flat().toSorted());
    expect(winners.flat().toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, number) => number),
    );
    expect([...(proxy?.played.keys() ?? [])].toSorted()).toEqual(FAULTS.toSorted());
  });

  it('renews credentials that the server takes for expired, for requests without an answer to read as well', async () => {
    let given = 0;
    const credentials = async (): Promise<Gateway['credentials']> => {
      given += 1;
      return gateway.credentials;
    };
    const { store } = await behind(nextFaults('HEAD', 'expired'), { client: { credentials } });
    expect(await store.head('nothing')).toBeUndefined();
    expect(given).toBe(2);
  });

  it('says that credentials have expired when there are no newer ones', async () => {
    const { store } = await behind(() => 'expired');
    const failure = { type: 'StoreCredentialsExpired', nonRetryable: false };
    await expect(store.get('key')).rejects.toMatchObject(failure);
    await expect(store.putIfAbsent('key', '')).rejects.toMatchObject(failure);
  });

  it('gives up on a server that never answers well, and may be asked again', async () => {
    const { store } = await behind(() => 'reset-before');
    const failure = { type: 'StoreUnavailable', nonRetryable: false };
    await expect(store.put('key', 'x')).rejects.toMatchObject(failure);
    await expect(store.stage('key')).rejects.toMatchObject(failure);
  });
});

const digestOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** Once, for the request that completes an upload of parts. */
function completions(fault: Fault): FaultPlan {
  const left = [fault];
  return ({ method, path }) => (method === 'POST' && /uploadId=/.test(path) ? left.shift() : undefined);
}

/** Appends to a numbered log as the lake and the registry do; returns the numbers it was given. */
async function appendAll(store: ObjectStore, writer: number, names: readonly string[]): Promise<number[]> {
  const given: number[] = [];
  for (let number = 0; given.length < names.length; number++) {
    const key = `log/${String(number).padStart(20, '0')}.json`;
    if (await store.putIfAbsent(key, `${writer}${names[given.length]}`)) given.push(number);
  }
  return given;
}
