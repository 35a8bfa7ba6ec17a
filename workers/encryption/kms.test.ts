/** Data keys wrapped by KMS, over AWS's own protocol, against moto's server; what moto never says, a proxy says before it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { motoMissing, startMoto, type Moto } from '../../testing/moto.ts';
import { createEncryptionCodec } from './codec.ts';
import { createKeyRing } from './key-ring.ts';
import { createKmsUnwrap, DataKeyRefused, DataKeyUnavailable } from './kms.ts';
import { openCodecServer } from './open-codec-server.ts';
import { openCodec, openCurrentKey } from './open-encryption.ts';

let moto: Moto;
let kms: KMSClient;
let proxy: Server;
/** What KMS says next, instead of an answer: `[HTTP status, name of the error]`. */
let saysNext: [number, string][] = [];
let decryptions = 0;

beforeAll(async () => {
  if (motoMissing !== undefined) return;
  moto = await startMoto();
  kms = new KMSClient(moto.client);
  proxy = createServer((request, response) => {
    void (async () => {
      const body: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) body.push(chunk);
      if (request.headers['x-amz-target'] === 'TrentService.Decrypt') decryptions += 1;
      const [status, name] = saysNext.shift() ?? [];
      if (status !== undefined) {
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify({ __type: name, message: `User: arn:aws:iam::1:user/x, ${name}` }));
        return;
      }
      const { host: _, ...headers } = request.headers;
      const answer = await fetch(moto.client.endpoint, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(body),
      });
      response.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
beforeEach((context) => {
  if (motoMissing !== undefined) context.skip(motoMissing);
  saysNext = [];
  decryptions = 0;
  // As a task finds it: region, address and credentials out of its environment.
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', moto.client.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', moto.client.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', moto.client.credentials.secretAccessKey);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  proxy?.close();
  await moto?.stop();
});

async function kmsKey(): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.KeyId ?? '';
}

/** As docs/operations.md makes one: nobody has seen the plain key. */
async function wrapped(KeyId: string): Promise<string> {
  const made = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }));
  return Buffer.from(made.CiphertextBlob ?? []).toString('base64');
}

const ringOf = (current: string, keys: Record<string, string>): string =>
  JSON.stringify({
    current,
    keys: Object.fromEntries(Object.entries(keys).map(([id, text]) => [id, { kms: text }])),
  });
const codecOf = (encryptionKeys: string): PayloadCodec => openCodec({ encryptionKeys }) as PayloadCodec;
const word = (text: string): Payload => defaultPayloadConverter.toPayload(text);
const opened = async (codec: PayloadCodec, payloads: Payload[]): Promise<unknown[]> =>
  (await codec.decode(payloads)).map((payload) => defaultPayloadConverter.fromPayload(payload));

/** A client that is soon out of patience. */
const impatient = async (): Promise<KMSClient> =>
  new KMSClient({ endpoint: process.env['AWS_ENDPOINT_URL_KMS'] ?? '', maxAttempts: 2 });

describe('a data key that KMS has wrapped', () => {
  it('is unwrapped once, and opens in another process what it closed in this one', async () => {
    const ring = ringOf('2026-11', { '2026-11': await wrapped(await kmsKey()) });
    const codec = codecOf(ring);
    const closed = await Promise.all(['one', 'two', 'three'].map((text) => codec.encode([word(text)])));
    expect(decryptions).toBe(1);
    expect(Buffer.from(closed[0]?.[0]?.data ?? []).toString()).not.toContain('one');
    expect(await opened(codecOf(ring), closed.flat())).toEqual(['one', 'two', 'three']);
  });

  it('still opens old histories when another has become current, and when its KMS key was replaced', async () => {
    const [first, second] = [await kmsKey(), await kmsKey()];
    const old = await wrapped(first);
    const closed = await codecOf(ringOf('old', { old })).encode([word('written before')]);
    const rewrapped = await kms.send(
      new ReEncryptCommand({ CiphertextBlob: Buffer.from(old, 'base64'), DestinationKeyId: second }),
    );
    const rotated = codecOf(
      ringOf('new', {
        new: await wrapped(second),
        old: Buffer.from(rewrapped.CiphertextBlob ?? []).toString('base64'),
      }),
    );
    const [fresh] = await rotated.encode([word('written after')]);
    expect(Buffer.from(fresh?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('new');
    expect(await opened(rotated, [...closed, fresh as Payload])).toEqual(['written before', 'written after']);
  });

  it('that is old and lost to KMS closes what it closed, and nothing else', async () => {
    const key = await kmsKey();
    const old = await wrapped(key);
    const closed = await codecOf(ringOf('old', { old })).encode([word('gone')]);
    const codec = codecOf(ringOf('new', { new: await wrapped(key), old }));
    expect(await opened(codec, await codec.encode([word('here')]))).toEqual(['here']);
    saysNext = [[400, 'DisabledException']];
    await expect(codec.decode(closed)).rejects.toThrow(/KMS key is disabled/);
    // Enabled again: a refusal is not kept.
    expect(await opened(codec, closed)).toEqual(['gone']);
  });

  it('may come late: throttling is waited out', async () => {
    const codec = codecOf(ringOf('a', { a: await wrapped(await kmsKey()) }));
    saysNext = [
      [400, 'ThrottlingException'],
      [500, 'KMSInternalException'],
    ];
    expect(await opened(codec, await codec.encode([word('late')]))).toEqual(['late']);
    expect(decryptions).toBe(3);
  });
});

describe('createKmsUnwrap', () => {
  it.each([
    ['AccessDeniedException', /need kms:Decrypt/],
    ['IncorrectKeyException', /wrapped with another KMS key/],
    ['KMSInvalidStateException', /cancel-key-deletion/],
    ['NotFoundException', /does not exist in this account/],
  ])('refuses at %s at once, says what to do, and repeats nothing of the account', async (name, message) => {
    saysNext = [[400, name]];
    const failure: unknown = await createKmsUnwrap()(Buffer.from('wrapped')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DataKeyRefused);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('arn:aws');
    expect(decryptions).toBe(1);
  });

  it('tells a key of another installation and one that was cut short from one that is away', async () => {
    const text = await wrapped(await kmsKey());
    const unwrap = createKmsUnwrap();
    await expect(unwrap(Buffer.from(text, 'base64').subarray(0, 20))).rejects.toThrow(/CiphertextBlob/);
    // The id of the KMS key stands first in what moto wraps.
    const foreign = Buffer.from(text, 'base64');
    foreign.write(crypto.randomUUID(), 0, 'latin1');
    await expect(unwrap(foreign)).rejects.toThrow(DataKeyRefused);
  });

  it('is out of patience with throttling in the end, and says that it may pass', async () => {
    saysNext = Array(2).fill([400, 'ThrottlingException']) as [number, string][];
    await expect(createKmsUnwrap(impatient)(Buffer.from('wrapped'))).rejects.toThrow(DataKeyUnavailable);
    expect(decryptions).toBe(2);
  });
});

describe('what starts with a key that it can not open', () => {
  const withKey = async (): Promise<string> => ringOf('a', { a: await wrapped(await kmsKey()) });

  it('is no worker: it ends before it takes work', async () => {
    saysNext = [[400, 'AccessDeniedException']];
    const codec = codecOf(await withKey());
    await expect(openCurrentKey({ payloadCodecs: [codec] })).rejects.toThrow(DataKeyRefused);
    await openCurrentKey({ payloadCodecs: [codec] });
  });

  it('is no codec server either', async () => {
    const encryptionKeys = await withKey();
    saysNext = [[400, 'AccessDeniedException']];
    const listener = { host: '127.0.0.1', port: 0, origins: [], open: true, log: () => undefined };
    await expect(openCodecServer({ encryptionKeys, codecAccess: {} }, listener)).rejects.toThrow(
      DataKeyRefused,
    );
  });
});

describe('createKeyRing', () => {
  it('goes on with its current key where a new one can not be unwrapped', async () => {
    let clock = 0;
    const first = await wrapped(await kmsKey());
    let text = ringOf('first', { first });
    const ring = createKeyRing({ read: async () => text, unwrap: createKmsUnwrap(), now: () => clock });
    const codec = createEncryptionCodec(ring);
    const closed = await codec.encode([word('kept')]);
    text = ringOf('second', { first, second: Buffer.from('no key').toString('base64') });
    clock = 400_000;
    expect((await ring.current()).id).toBe('first');
    expect(await opened(codec, closed)).toEqual(['kept']);
  });
});
