import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultPayloadConverter } from '@temporalio/common';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CodecLogEntry, CodecServer } from './codec-server.ts';
import { openCodecServer } from './open-codec-server.ts';
import { openCodec } from './open-encryption.ts';

const encryptionKeys = JSON.stringify({ current: 'k', keys: { k: randomBytes(32).toString('base64') } });
const ORIGIN = 'https://temporal.example.org';
const TOKEN = 'a-token-of-this-test';
const AUDIENCE = 'temporal-ui';

let server: CodecServer;
let provider: Server;
let issuer: string;
let sign: (claims: { audience?: string; expires?: string; subject?: string }) => Promise<string>;
const log: CodecLogEntry[] = [];

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' };
  provider = createServer((request, response) => {
    const answer = request.url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  sign = ({ audience = AUDIENCE, expires = '5m', subject = 'dana' }) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setExpirationTime(expires)
      .sign(privateKey);
  server = await openCodecServer(
    { encryptionKeys, codecAccess: { token: TOKEN, oidc: { issuer, audience: AUDIENCE } } },
    { host: '127.0.0.1', port: 0, origins: [ORIGIN], open: false, log: (entry) => log.push(entry) },
  );
});
afterAll(async () => {
  await server.close();
  provider.close();
});

/** The body that the Web UI sends: proto3's JSON form of payloads. */
async function closedBody(value: unknown, keys = encryptionKeys): Promise<string> {
  const closed = await openCodec({ encryptionKeys: keys })?.encode([
    defaultPayloadConverter.toPayload(value),
  ]);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const payloads = (closed ?? []).map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]),
    ),
    data: base64(data ?? new Uint8Array()),
  }));
  return JSON.stringify({ payloads });
}

const call = (path: string, init: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
const post = (path: string, body: string, headers: Record<string, string>): Promise<Response> =>
  call(path, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });
const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

describe('startCodecServer', () => {
  it('decodes for a holder of the token', async () => {
    const answer = await post('/decode', await closedBody({ auc: 0.66 }), bearer(TOKEN));
    const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
    expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).toBe('{"auc":0.66}');
  });

  it('encodes what it then decodes', async () => {
    const data = Buffer.from('"word"').toString('base64');
    const plain = { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data };
    const encoded = await post('/encode', JSON.stringify({ payloads: [plain] }), bearer(TOKEN));
    const closed = await encoded.text();
    expect(closed).not.toContain(data);
    const decoded = await post('/decode', closed, bearer(TOKEN));
    expect(await decoded.json()).toEqual({ payloads: [plain] });
  });

  it("decodes for whom the Web UI's identity provider vouches, and logs who it was", async () => {
    const answer = await post('/decode', await closedBody('x'), bearer(await sign({})));
    expect(answer.status).toBe(200);
    expect(log.at(-1)).toEqual({ path: '/decode', status: 200, who: 'dana', payloads: 1 });
  });

  it('refuses strangers, tokens for others and tokens that have expired', async () => {
    const body = await closedBody('x');
    const refused = [
      {},
      bearer('another'),
      bearer(await sign({ audience: 'another-application' })),
      bearer(await sign({ expires: '-1m' })),
    ];
    for (const headers of refused) {
      const answer = await post('/decode', body, headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('payloads":[{');
    }
  });

  it('answers of those who have logged in only the named ones, where some are named', async () => {
    const oidc = { issuer, audience: AUDIENCE, subjects: ['kim'] };
    const listener = { host: '127.0.0.1', port: 0, origins: [], open: false, log: () => undefined };
    const narrow = await openCodecServer({ encryptionKeys, codecAccess: { token: TOKEN, oidc } }, listener);
    const ask = async (token: string): Promise<Response> =>
      fetch(`${narrow.url}/decode`, { method: 'POST', body: '{"payloads":[]}', headers: bearer(token) });
    try {
      const refused = await ask(await sign({}));
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('dana is logged in, and may not read payloads');
      expect((await ask(await sign({ subject: 'kim' }))).status).toBe(200);
      expect((await ask(TOKEN)).status).toBe(200);
    } finally {
      await narrow.close();
    }
  });

  it('tells balancers, who have no token, that it is there, and logs nothing of it', async () => {
    const before = log.length;
    expect((await call('/healthz', {})).status).toBe(200);
    expect(log).toHaveLength(before);
  });

  it("lets the Web UI's page call it, and no other page", async () => {
    const preflight = (origin: string): Promise<Response> =>
      call('/decode', { method: 'OPTIONS', headers: { Origin: origin } });
    const own = await preflight(ORIGIN);
    expect(own.status).toBe(204);
    expect(own.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(own.headers.get('access-control-allow-headers')).toContain('Authorization');
    const other = await preflight('https://elsewhere.example.org');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['GET', '/decode', undefined, 405],
    ['POST', '/elsewhere', '{"payloads":[]}', 404],
    ['POST', '/decode', 'no JSON', 400],
    ['POST', '/decode', '{"payloads":[{"data":7}]}', 400],
  ])('answers %s %s of %s with %d', async (method, path, body, status) => {
    const answer = await call(path, { method, ...(body && { body }), headers: bearer(TOKEN) });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { message: string }).message).not.toBe('');
  });

  it('says that a payload is under a key it does not have', async () => {
    const foreign = JSON.stringify({ current: 'z', keys: { z: randomBytes(32).toString('base64') } });
    const answer = await post('/decode', await closedBody('x', foreign), bearer(TOKEN));
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('key z');
  });
});

describe('openCodecServer', () => {
  const listener = { host: '127.0.0.1', port: 0, origins: [], log: () => undefined };

  it('does not start without keys', async () => {
    await expect(
      openCodecServer({ encryptionKeys: undefined, codecAccess: {} }, { ...listener, open: true }),
    ).rejects.toThrow('ASSAY_ENCRYPTION_KEYS is not set');
  });

  it('does not start where it could tell nobody from anybody', async () => {
    await expect(
      openCodecServer({ encryptionKeys, codecAccess: {} }, { ...listener, open: false }),
    ).rejects.toThrow('ASSAY_CODEC_TOKEN');
  });

  it('answers everybody on this machine only', async () => {
    const everywhere = { ...listener, host: '0.0.0.0', open: true };
    await expect(openCodecServer({ encryptionKeys, codecAccess: {} }, everywhere)).rejects.toThrow(
      'not on 0.0.0.0',
    );
  });
});
