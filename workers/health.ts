/**
 * What a container's health check and Prometheus ask of a worker process: `/healthz`, `/readyz` and `/metrics` on one
 * port. None of them depends on the Temporal server: a worker that waits for it is healthy, and one that has lost it
 * goes on by itself when it is back.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `Worker.getState()` and `getStatus()`, as far as they are looked at. */
export interface Watched {
  getState(): string;
  getStatus(): { readonly numInFlightActivities: number };
}

export interface HealthOptions {
  readonly port: number;
  /** On which Temporal's SDK tells its metrics, on this machine; there are none without. */
  readonly metricsPort?: number;
}

export interface Health {
  readonly port: number;
  /** From here on readiness is theirs: by queue. */
  watch(workers: ReadonlyMap<string, Watched>): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

export async function startHealth(options: HealthOptions): Promise<Health> {
  let workers: ReadonlyMap<string, Watched> = new Map();
  const answers: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/healthz': () => healthz(workers),
    '/readyz': () => readyz(workers),
    '/metrics': () => metrics(options.metricsPort),
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url?.split('?')[0] ?? ''];
    void respond(response, answer ?? (() => json(404, { message: Object.keys(answers).join(', ') })));
  });
  await listening(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    watch: (watched) => (workers = watched),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Only a failed worker is a reason to begin again with a new process. */
function healthz(workers: ReadonlyMap<string, Watched>): Answer {
  const failed = [...workers.values()].some((worker) => worker.getState() === 'FAILED');
  return json(failed ? 500 : 200, { healthy: !failed, queues: statesOf(workers) });
}

/** Ready from the first poll until the worker is asked to stop. */
function readyz(workers: ReadonlyMap<string, Watched>): Answer {
  const ready = workers.size > 0 && [...workers.values()].every((worker) => worker.getState() === 'RUNNING');
  return json(ready ? 200 : 503, { ready, queues: statesOf(workers) });
}

function statesOf(workers: ReadonlyMap<string, Watched>): Record<string, object> {
  const states = [...workers].map(([queue, worker]) => [
    queue,
    { state: worker.getState(), activities: worker.getStatus().numInFlightActivities },
  ]);
  return Object.fromEntries(states) as Record<string, object>;
}

async function metrics(port: number | undefined): Promise<Answer> {
  if (port === undefined) return json(404, { message: 'this process keeps no metrics' });
  const told = await fetch(`http://127.0.0.1:${port}/metrics`);
  const type = told.headers.get('content-type');
  return { status: told.status, body: await told.text(), ...(type !== null && { type }) };
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

async function respond(response: ServerResponse, answer: () => Answer | Promise<Answer>): Promise<void> {
  try {
    const { status, type = 'text/plain', body } = await answer();
    response.writeHead(status, { 'Content-Type': type }).end(body);
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}

/** Inside a container every interface is the container's own. */
function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', resolve);
  });
}
