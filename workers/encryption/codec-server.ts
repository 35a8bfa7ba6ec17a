/**
 * The codec server that Temporal's Web UI and command line call: POST /encode and /decode with
 * `{"payloads":[{"metadata":{name: base64},"data":base64}]}`, answered in the same shape. GET /healthz is for balancers.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';

import type { Authenticate } from './codec-access.ts';

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** `undefined` answers everybody: for this machine alone. */
  readonly authenticate: Authenticate | undefined;
  /** Of the Web UI, such as https://temporal.example.org. */
  readonly origins: readonly string[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told of every answer; never of what was decoded. */
  readonly log: (entry: CodecLogEntry) => void;
}

export interface CodecLogEntry {
  readonly path: string;
  readonly status: number;
  readonly who?: string;
  readonly payloads?: number;
  readonly error?: string;
}

export interface CodecServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Temporal's own limit for a message. */
const MOST_BYTES = 128 * 1024 * 1024;
const DIRECTIONS = { '/encode': 'encode', '/decode': 'decode' } as const;

const Base64 = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const Body = z.object({
  payloads: z.array(
    z.object({ metadata: z.record(z.string(), Base64).default({}), data: Base64.optional() }),
  ),
});

/** Ends a request with this status and reason. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const server = createServer((request, response) => void handle(options, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${options.host}:${port}`, close: () => closed(server) };
}

async function handle(
  options: CodecServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0] ?? '/';
  allowOrigin(options.origins, request, response);
  if (request.method === 'GET' && path === '/healthz') return send(response, 200, { status: 'ok' });
  try {
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const direction = directionOf(request, path);
    const who = await authenticated(options.authenticate, request);
    const payloads = await payloadsOf(request);
    const answer = await transform(options.codec, direction, payloads);
    send(response, 200, { payloads: answer.map(toJson) });
    options.log({ path, status: 200, who, payloads: payloads.length });
  } catch (error) {
    const status = error instanceof Refused ? error.status : 500;
    const message = error instanceof Error ? error.message : String(error);
    send(response, status, { message });
    options.log({ path, status, error: message });
  }
}

function directionOf({ method }: IncomingMessage, path: string): 'encode' | 'decode' {
  if (path !== '/encode' && path !== '/decode') throw new Refused(404, 'There are /encode and /decode.');
  if (method !== 'POST') throw new Refused(405, `${path} takes POST.`);
  return DIRECTIONS[path];
}

async function authenticated(
  authenticate: Authenticate | undefined,
  request: IncomingMessage,
): Promise<string> {
  if (authenticate === undefined) return 'anybody';
  const caller = await authenticate(request.headers.authorization);
  if (caller?.stranger === true)
    throw new Refused(403, `${caller.who} is logged in, and may not read payloads: ASSAY_CODEC_SUBJECTS.`);
  if (caller !== undefined) return caller.who;
  throw new Refused(
    401,
    'Send `Authorization: Bearer …`: the token of this server, or that of a login to the Web UI.',
  );
}

async function payloadsOf(request: IncomingMessage): Promise<Payload[]> {
  const parsed = Body.safeParse(await jsonOf(request));
  if (parsed.success)
    return parsed.data.payloads.map(({ metadata, data }) => ({ metadata, data: data ?? null }));
  throw new Refused(400, 'Expected {"payloads":[{"metadata":{"name":"base64"},"data":"base64"}]}.');
}

async function transform(
  codec: PayloadCodec,
  direction: 'encode' | 'decode',
  payloads: Payload[],
): Promise<Payload[]> {
  try {
    return await codec[direction](payloads);
  } catch (error) {
    throw new Refused(422, error instanceof Error ? error.message : String(error));
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Refused(413, `More than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Browsers ask by themselves, before and with every call from the Web UI. */
function allowOrigin(origins: readonly string[], request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', 'POST, OPTIONS');
  response.setHeader(
    'Access-Control-Allow-Headers',
    'Authorization, Content-Type, X-Namespace, Authorization-Extras',
  );
  response.setHeader('Access-Control-Max-Age', '600');
}

function toJson({ metadata, data }: Payload): object {
  const named = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return { metadata: Object.fromEntries(named), ...(data && { data: base64(data) }) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function send(response: ServerResponse, status: number, body: object): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
