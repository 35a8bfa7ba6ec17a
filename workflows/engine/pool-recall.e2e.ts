/** A pool that can't ask the one before it who holds its slots. */
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, describe, test, vi } from 'vitest';
import type { PoolActivities } from '../../activities/pools/contract.ts';
import { recallPool } from '../../activities/pools/recall.ts';
import { poolWorkflowId } from '../domain/pool/messages.ts';
import type { PoolView } from '../domain/pool/pool.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { crowd } from './testing/pool-pipelines.ts';

let kit: Kit;
let isSilent = false;
const begun: string[] = [];
let letGo = (): void => undefined;
const held = new Promise<void>((resolve) => {
  letGo = resolve;
});

beforeAll(async () => {
  kit = await startKit({
    pipelines: [crowd],
    pools: { blind: 2 },
    activities: ({ client }) => ({
      'pools.recall': async (input: Parameters<PoolActivities['recall']>[0]) => {
        if (!isSilent) return recallPool(client, input);
        throw ApplicationFailure.create({
          message: 'its history can’t be replayed',
          type: 'PoolNotRecalled',
        });
      },
      'taking.turn': async ({ task }: { task: string }) => {
        begun.push(task);
        if (task.startsWith('holds')) await held;
      },
    }),
  });
});
afterAll(async () => {
  letGo();
  await kit.stop();
});

function eventually(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 30_000, interval: 50 });
}

const pool = () => kit.client.workflow.getHandle(poolWorkflowId('blind', kit.taskQueue));
const view = (): Promise<PoolView> => pool().query<PoolView>('view');
const ask = (key: string) => kit.start(crowd, { key, params: { pool: 'blind' } });

describe('a pool that can’t ask the one before it who holds its slots', () => {
  test('grants none until it can, says so, and keeps all that it is told, also in a new history', async () => {
    const runs = [await ask('holds-1'), await ask('holds-2')];
    await eventually(() => expect(begun.toSorted()).toEqual(['holds-1/turn-0', 'holds-2/turn-0']));
    isSilent = true;
    await pool().terminate('a slip of the hand');
    const successor = await kit.client.workflow.start('pool', {
      workflowId: pool().workflowId,
      taskQueue: kit.taskQueue,
      args: [{ pool: 'blind', declared: 2, lookEvery: 500, continueAfterEvents: 30 }],
    });
    const cancelled = await ask('cancelled');
    runs.push(await ask('next'));
    await eventually(async () =>
      expect(await view()).toMatchObject({
        used: 0,
        waiting: [{ id: 'turn-0/1' }, { id: 'turn-0/1' }],
        recalling: { why: 'its history can’t be replayed' },
      }),
    );
    await cancelled.cancel();
    await expect(cancelled.result()).rejects.toMatchObject({ cause: { message: 'Workflow canceled' } });
    expect(await pool().executeUpdate<PoolView, [number]>('resize', { args: [3] })).toMatchObject({
      slots: 3,
    });
    await eventually(async () =>
      expect((await pool().describe()).runId).not.toBe(successor.firstExecutionRunId),
    );
    expect(await view()).toMatchObject({
      slots: 3,
      waiting: [{ holder: { workflowId: runs[2]?.workflowId } }],
      recalling: { why: 'its history can’t be replayed' },
    });
    expect(begun).toHaveLength(2);
    isSilent = false;
    await eventually(() => expect(begun).toContain('next/turn-0'));
    expect(await view()).not.toHaveProperty('recalling');
    expect((await view()).held.map(({ holder: { workflowId } }) => workflowId)).toEqual(
      expect.arrayContaining(runs.slice(0, 2).map(({ workflowId }) => workflowId)),
    );
    letGo();
    await Promise.all(runs.map((run) => run.result()));
    await eventually(async () => expect(await view()).toMatchObject({ slots: 3, used: 0, waiting: [] }));
    expect(begun).toHaveLength(3);
  });

  test('does not take it for one that never was when Temporal has forgotten it meanwhile', async () => {
    const never = { workflowId: `pool-never-${kit.taskQueue}`, runId: 'none' };
    expect(await recallPool(kit.client, never)).toBeNull();
    await expect(recallPool(kit.client, { ...never, wasThere: true })).rejects.toMatchObject({
      type: 'PoolNotRecalled',
      message: expect.stringContaining('has forgotten'),
    });
  });
});
