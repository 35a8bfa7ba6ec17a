import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

import { configFor } from '../temporal.config.ts';
import { readTaskLimits, withTaskLimits } from './task-limits.ts';

async function metadata<T>(body: object, use: (uri: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/v4/abc/task' ? 200 : 404;
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/abc`);
  } finally {
    server.close();
  }
}

describe('readTaskLimits', () => {
  it('reads memory and whole processors from the metadata of the task', async () => {
    const limits = await metadata({ Family: 'assay', Limits: { CPU: 2, Memory: 4096 } }, readTaskLimits);
    expect(limits).toEqual({ memoryMb: 4096, threads: 2 });
  });

  it('gives one thread to half a processor', async () => {
    const limits = await metadata({ Limits: { CPU: 0.5, Memory: 1024 } }, readTaskLimits);
    expect(limits).toEqual({ memoryMb: 1024, threads: 1 });
  });

  it('knows of none outside ECS', async () => {
    expect(await readTaskLimits(undefined)).toBeUndefined();
  });

  it('refuses metadata without limits by name', async () => {
    await expect(metadata({ Family: 'assay' }, readTaskLimits)).rejects.toThrow('name no limits');
  });
});

describe('withTaskLimits', () => {
  it('sizes the queues that this task serves and no other', () => {
    const config = configFor('production');
    const sized = withTaskLimits(config, ['data'], { memoryMb: 8192, threads: 4 });
    expect(sized.workers.data).toEqual({ ...config.workers.data, memoryMb: 8192, threads: 4 });
    expect(sized.workers.training).toEqual(config.workers.training);
  });
});
