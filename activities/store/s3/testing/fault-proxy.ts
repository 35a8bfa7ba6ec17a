/**
 * Stands between the client and the S3 server and goes wrong in the ways that networks and S3 do,
 * for a share of the requests and by a seed, so that a failing run can be run again.
 */
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export const FAULTS = [
  /** 503, nothing done. */
  'slow-down',
  /** The connection breaks before the server has heard of it. */
  'reset-before',
  /** The server has done it, and nobody hears so. */
  'reset-after',
  /** Half of the request arrives. */
  'half-request',
  /** Half of the answer arrives. */
  'half-answer',
  /** Half of the answer arrives, and then nothing ever. */
  'stalled-answer',
  /** The credentials are too old. */
  'expired',
  /** Another conditional write is under way. */
  'conflict',
] as const;

/** `denied`: no fault of the network, and stays; asked for by name alone. */
export type Fault = (typeof FAULTS)[number] | 'denied';

export interface FaultProxy {
  readonly endpoint: string;
  /** How often each fault has been played. */
  readonly played: Map<Fault, number>;
  /** All, in the order of arrival. */
  readonly requests: readonly Received[];
  close(): Promise<void>;
}

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Which fault the request meets, if any. */
export type FaultPlan = (request: Received) => Fault | undefined;

/** A share of all requests, the kinds in turn at random. */
export function seededFaults(seed: number, share: number, kinds: readonly Fault[] = FAULTS): FaultPlan {
  const next = mulberry32(seed);
  return ({ method }) => {
    const [happens, kind] = [next() < share, Math.floor(next() * kinds.length)];
    const fault = happens ? kinds[kind] : undefined;
    return fault === 'conflict' && method !== 'PUT' ? undefined : fault;
  };
}

/** The given faults, one after the other, for the requests that match; nothing after them. */
export function nextFaults(method: string, ...faults: Fault[]): FaultPlan {
  return (request) => (request.method === method ? faults.shift() : undefined);
}

export async function startFaultProxy(target: string, plan: FaultPlan): Promise<FaultProxy> {
  const played = new Map<Fault, number>();
  const requests: Received[] = [];
  const server = createServer((incoming, answer) => {
    const { method = '', url: path = '', headers } = incoming;
    requests.push({ method, path, headers });
    const fault = plan({ method, path, headers });
    if (fault) played.set(fault, (played.get(fault) ?? 0) + 1);
    void play(fault, target, incoming, answer).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, played, requests, close: () => close(server) };
}

async function play(
  fault: Fault | undefined,
  target: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  if (fault === 'reset-before') return void incoming.socket.destroy();
  const body = await collect(incoming);
  if (fault === 'slow-down') return refuse(answer, 503, 'SlowDown');
  if (fault === 'expired') return refuse(answer, 400, 'ExpiredToken');
  if (fault === 'denied') return refuse(answer, 403, 'AccessDenied');
  if (fault === 'conflict') return refuse(answer, 409, 'ConditionalRequestConflict');
  if (fault === 'half-request') {
    await send(target, incoming, body, Math.floor(body.length / 2));
    return void incoming.socket.destroy();
  }
  const response = await send(target, incoming, body, body.length);
  if (response === undefined || fault === 'reset-after') return void incoming.socket.destroy();
  const content = await collect(response);
  answer.writeHead(response.statusCode ?? 500, response.rawHeaders);
  if (fault !== 'half-answer' && fault !== 'stalled-answer') return void answer.end(content);
  answer.write(content.subarray(0, Math.floor(content.length / 2)));
  if (fault === 'half-answer') setTimeout(() => incoming.socket.destroy(), 5);
}

/** The answer to the first `bytes` of the body; none when that is not all of it. */
async function send(
  target: string,
  { method, url, rawHeaders }: IncomingMessage,
  body: Buffer,
  bytes: number,
): Promise<IncomingMessage | undefined> {
  const options = { method, headers: rawHeaders, agent: false as const };
  const request = forward(new URL(url ?? '/', target), options as object);
  request.on('error', () => undefined);
  if (bytes < body.length) {
    await new Promise((resolve) => request.write(body.subarray(0, bytes), resolve));
    request.destroy();
    return undefined;
  }
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`);
}

async function collect(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** Tommy Ettinger's generator of 32 bits of state, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
