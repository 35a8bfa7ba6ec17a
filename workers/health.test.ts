import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHealth, type Health, type Watched } from './health.ts';

const worker = (state: string, activities = 0): Watched => ({
  getState: () => state,
  getStatus: () => ({ numInFlightActivities: activities }),
});

let health: Health;
let metrics: Server;

beforeEach(async () => {
  metrics = createServer((_request, response) => response.end('temporal_up 1\n'));
  await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve));
  health = await startHealth({ port: 0, metricsPort: (metrics.address() as AddressInfo).port });
});
afterEach(async () => {
  await health.close();
  metrics.close();
});

const get = async (path: string): Promise<{ status: number; body: string }> => {
  const answer = await fetch(`http://127.0.0.1:${health.port}${path}`);
  return { status: answer.status, body: await answer.text() };
};

describe('startHealth', () => {
  it('is healthy but not ready while the worker waits for its server', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect(await get('/readyz')).toEqual({ status: 503, body: '{"ready":false,"queues":{}}' });
  });

  it('is ready when every queue is polled, and says what each of them does', async () => {
    health.watch(new Map([['control', worker('RUNNING', 3)]]));
    const { status, body } = await get('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      ready: true,
      queues: { control: { state: 'RUNNING', activities: 3 } },
    });
  });

  it('is healthy and not ready while it drains', async () => {
    health.watch(
      new Map([
        ['data', worker('DRAINING', 1)],
        ['control', worker('RUNNING')],
      ]),
    );
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('is not healthy once a worker has failed', async () => {
    health.watch(
      new Map([
        ['data', worker('FAILED')],
        ['control', worker('RUNNING')],
      ]),
    );
    expect((await get('/healthz')).status).toBe(500);
  });

  it('passes on the metrics, and says so when they can not be had', async () => {
    expect(await get('/metrics')).toEqual({ status: 200, body: 'temporal_up 1\n' });
    metrics.closeAllConnections();
    metrics.close();
    expect((await get('/metrics')).status).toBe(502);
  });

  it('names its pages to whoever asks for another', async () => {
    const { status, body } = await get('/elsewhere');
    expect(status).toBe(404);
    expect(body).toContain('/healthz, /readyz, /metrics');
  });
});
