/** What the server says of a queue, held against what is really there. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import type { Figure } from './contract.ts';
import { createCapacityActivities } from './activities.ts';
import { queueLoad } from './queue-load.ts';

const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

describe('queueLoad', () => {
  const taskQueue = `load-${randomUUID().slice(0, 8)}`;
  let client: Client;
  let native: NativeConnection;

  beforeAll(async () => {
    Runtime.install({ logger: quiet, workerHeartbeatInterval: '1s' });
    const address = inject('temporalAddress');
    client = new Client({ connection: await Connection.connect({ address }) });
    native = await NativeConnection.connect({ address });
  });
  afterAll(async () => {
    await client.connection.close();
    await native.close();
  });

  it('counts what waits, what could be done at a time, and what is being done', async () => {
    const ids = [0, 1, 2].map(() => `load-${randomUUID()}`);
    for (const workflowId of ids) {
      await client.workflow.start('squares', { taskQueue, workflowId });
    }
    const patience = { timeout: 20_000, interval: 200 };
    await vi.waitFor(async () => {
      expect(await queueLoad(client, 'data', taskQueue)).toMatchObject({
        backlog: 3,
        slots: 0,
        slotsUsed: 0,
      });
    }, patience);

    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      activities: { hold: () => held },
      maxConcurrentActivityTaskExecutions: 2,
    });
    const running = worker.run();
    const holds = await Promise.all(
      [0, 1, 2].map((at) =>
        client.activity.start('hold', {
          taskQueue,
          id: `hold-${at}-${taskQueue}`,
          args: [],
          startToCloseTimeout: '1m',
        }),
      ),
    );
    await vi.waitFor(async () => {
      const load = await queueLoad(client, 'data', taskQueue);
      // Two are being done; the third waits beside the workflows, which nobody serves.
      expect(load).toMatchObject({ queue: 'data', backlog: 4, slots: 2, slotsUsed: 2 });
    }, patience);
    release();
    await Promise.all(holds.map((hold) => hold.result()));
    worker.shutdown();
    await running;
    for (const id of ids) await client.workflow.getHandle(id).terminate('the test is over');
  });

  it('publishes four figures for each queue', async () => {
    const put: Figure[] = [];
    const activities = createCapacityActivities({
      client,
      sink: { put: async (figures) => void put.push(...figures) },
      taskQueues: { data: `empty-${taskQueue}`, training: `empty-too-${taskQueue}` },
    });
    expect(await activities.publish()).toHaveLength(2);
    expect(put.map(({ name, queue, values }) => [queue, name, ...values])).toEqual(
      ['data', 'training'].flatMap((queue) => [
        [queue, 'Backlog', 0],
        [queue, 'BacklogAge', 0],
        [queue, 'Slots', 0],
        [queue, 'SlotsUsed', 0],
      ]),
    );
  });
});
