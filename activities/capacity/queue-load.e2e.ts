/** What the server says of a queue, held against what is really there. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { installTestRuntime } from '../../testing/test-runtime.ts';
import type { Figure } from './contract.ts';
import { createCapacityActivities } from './activities.ts';
import { queueLoad } from './queue-load.ts';

describe('queueLoad', () => {
  const taskQueue = `load-${randomUUID().slice(0, 8)}`;
  let client: Client;
  let native: NativeConnection;

  beforeAll(async () => {
    installTestRuntime({}, { workerHeartbeatInterval: '1s' });
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

  it('counts what waits for the workers of every version: the current one, and those that runs are pinned to', async () => {
    const versioned = `${taskQueue}-versioned`;
    const patience = { timeout: 30_000, interval: 200 };
    const ids: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const makeCurrent = async (version: { deploymentName: string; buildId: string }): Promise<void> => {
      const { workflowService, options } = client;
      const target = { namespace: options.namespace, ...version };
      await workflowService.setWorkerDeploymentCurrentVersion(target);
      const { workerDeploymentInfo: told } = await workflowService.describeWorkerDeployment(target);
      // 1: the task queues are still being told.
      expect(told?.routingConfigUpdateState).not.toBe(1);
    };
    /** Its one slot is taken by the first of three runs, whose activities it keeps waiting. */
    const startVersion = async (buildId: string): Promise<() => Promise<void>> => {
      const version = { deploymentName: versioned, buildId };
      const worker = await Worker.create({
        connection: native,
        taskQueue: versioned,
        workflowBundle: { codePath: inject('workflowBundle') },
        activities: { default: () => held },
        maxConcurrentActivityTaskExecutions: 1,
        workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
      });
      const running = worker.run();
      await vi.waitFor(() => makeCurrent(version), patience);
      for (const at of [0, 1, 2]) {
        const workflowId = `squares.${buildId}-${at}-${versioned}-2026-01-01T00:00:00Z`;
        ids.push(workflowId);
        await client.workflow.start('squares', { taskQueue: versioned, workflowId });
      }
      return async () => {
        worker.shutdown();
        await running;
      };
    };
    const waitsFor = async (buildId: string): Promise<number> => {
      const { versionTaskQueues } = await client.workflowService.describeWorkerDeploymentVersion({
        namespace: client.options.namespace,
        deploymentVersion: { deploymentName: versioned, buildId },
        reportTaskQueueStats: true,
      });
      return (versionTaskQueues ?? []).reduce(
        (sum, { stats }) => sum + Number(stats?.approximateBacklogCount ?? 0),
        0,
      );
    };
    const stops: (() => Promise<void>)[] = [];
    try {
      stops.push(await startVersion('one'));
      stops.push(await startVersion('two'));
      await vi.waitFor(async () => {
        const [before, current] = [await waitsFor('one'), await waitsFor('two')];
        expect(Math.min(before, current)).toBeGreaterThan(1);
        const load = await queueLoad(client, 'data', versioned);
        expect(load).toMatchObject({ backlog: before + current, slots: 2, slotsUsed: 2 });
      }, patience);
    } finally {
      await Promise.all(ids.map((id) => client.workflow.getHandle(id).terminate('the test is over')));
      release();
      await Promise.all(stops.map((stop) => stop()));
    }
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
