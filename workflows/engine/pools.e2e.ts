import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { poolWorkflowId } from '../domain/pool/messages.ts';
import type { PoolView } from '../domain/pool/pool.ts';
import type { RunRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { crowd, poolMap, retriedTurn, shortCrowd } from './testing/pool-pipelines.ts';

interface Turn {
  readonly task: string;
  readonly slots: number;
}

/** What the tasks do with their turns, and what was seen of it. */
const seen = { order: [] as string[], now: 0, most: 0 };
let held: (turn: Turn) => Promise<void> = async () => undefined;
let kit: Kit;

/** On a busy machine a second is short. */
function eventually(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 30_000, interval: 50 });
}

beforeAll(async () => {
  kit = await startKit({
    pipelines: [crowd, poolMap, retriedTurn, shortCrowd],
    pools: { narrow: 2, wide: 4, single: 1, mortal: 1, double: 2 },
    activities: {
      'taking.turn': async (turn: Turn) => {
        seen.order.push(turn.task);
        seen.now += turn.slots;
        seen.most = Math.max(seen.most, seen.now);
        try {
          await held(turn);
          return turn.task;
        } finally {
          seen.now -= turn.slots;
        }
      },
    },
  });
});
afterAll(() => kit.stop());
beforeEach(() => {
  Object.assign(seen, { order: [], now: 0, most: 0 });
  held = () => sleep(5);
});

function poolOf(name: string) {
  return kit.client.workflow.getHandle(poolWorkflowId(name, kit.taskQueue));
}

function viewOf(name: string): Promise<PoolView> {
  return poolOf(name).query<PoolView>('view');
}

let count = 0;
function start(pipeline: typeof crowd | typeof shortCrowd, key: string, params: object) {
  count += 1;
  return kit.start(pipeline, { key, params, fireTime: new Date(1.8e12 + count * 1000).toISOString() });
}

/** Until somebody lets go. */
function gate(): { readonly until: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { until, open };
}

describe('tasks of a pool', () => {
  test('of two pipelines and several runs never have more than its slots, and all get their turn', async () => {
    const runs = await Promise.all([
      start(crowd, 'a', { tasks: 12 }),
      start(shortCrowd, 'b', { tasks: 12 }),
      kit.start(poolMap, { key: 'c', params: { items: 8 } }),
    ]);
    await Promise.all(runs.map((run) => run.result()));
    expect(seen.order).toHaveLength(32);
    expect(new Set(seen.order).size).toBe(32);
    expect(seen.most).toBe(2);
    expect(await viewOf('narrow')).toMatchObject({ used: 0, held: [], waiting: [] });
  });

  test('are queued while they wait, the more urgent first, then those that have waited longest', async () => {
    const first = gate();
    held = ({ task }) => (task.startsWith('blocker') ? first.until : Promise.resolve());
    const runs = [await start(crowd, 'blocker', { pool: 'single' })];
    await eventually(() => expect(seen.order).toEqual(['blocker/turn-0']));
    const add = async (key: string, params: object): Promise<void> => {
      runs.push(await start(crowd, key, { pool: 'single', ...params }));
      const waiting = runs.length - 1;
      await eventually(async () => expect((await viewOf('single')).waiting).toHaveLength(waiting));
    };
    await add('first', {});
    await add('second', {});
    await add('urgent', { priority: 3 });
    const live: RunRecord = await kit.query(runs[1] as never);
    expect(live.tasks).toMatchObject([{ state: 'queued', tries: 0, reason: 'waits for pool single' }]);
    first.open();
    await Promise.all(runs.map((run) => run.result()));
    expect(seen.order.map((task) => task.split('/')[0])).toEqual(['blocker', 'urgent', 'first', 'second']);
  });

  test('take several slots, and make room for one that needs all of them', async () => {
    const wide = { pool: 'wide', tasks: 6 };
    const runs = await Promise.all([
      start(crowd, 'one', { ...wide, slots: 1 }),
      start(crowd, 'three', { ...wide, slots: 3 }),
      start(crowd, 'four', { ...wide, slots: 4 }),
    ]);
    await Promise.all(runs.map((run) => run.result()));
    expect(seen.order).toHaveLength(18);
    expect(seen.most).toBe(4);
  });

  test('give their slots back at the end of each try', async () => {
    held = async ({ task }) => {
      if (task.endsWith('try-1')) throw ApplicationFailure.create({ message: 'no', type: 'Broken' });
    };
    await kit.execute(retriedTurn, { key: 'retried' });
    expect(seen.order).toEqual(['retried/try-1', 'retried/try-2']);
    expect((await viewOf('narrow')).used).toBe(0);
  });

  test('tell the server whose they are, so that it can be fair between pipelines', async () => {
    const run = await start(crowd, 'fair', {});
    await run.result();
    const { events = [] } = await run.fetchHistory();
    const keys = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'taking.turn' ? [scheduled.priority?.fairnessKey] : [],
    );
    expect(keys).toEqual(['crowd']);
  });

  test('fail at once where the pool is unknown or too small', async () => {
    const unknown = await start(crowd, 'lost', { pool: 'nowhere' });
    await expect(unknown.result()).rejects.toMatchObject({
      cause: { details: [{ failed: [{ error: { type: 'UnknownPool' } }] }] },
    });
    const large = await start(crowd, 'large', { slots: 3 });
    await expect(large.result()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('turn-0/1 asks for 3 slots of narrow, which has 2') },
    });
  });
});

describe('a pool', () => {
  test('takes back the slots of a holder that was terminated, and the place of one that was cancelled', async () => {
    const never = gate();
    held = ({ task }) => (task.startsWith('doomed') ? never.until : Promise.resolve());
    const doomed = await start(crowd, 'doomed', { pool: 'mortal' });
    await eventually(() => expect(seen.order).toEqual(['doomed/turn-0']));
    const waiting = await start(crowd, 'waiting', { pool: 'mortal' });
    const cancelled = await start(crowd, 'cancelled', { pool: 'mortal' });
    await eventually(async () => expect((await viewOf('mortal')).waiting).toHaveLength(2));
    await cancelled.cancel();
    await expect(cancelled.result()).rejects.toMatchObject({
      cause: { message: 'Workflow canceled' },
    });
    expect((await viewOf('mortal')).waiting).toHaveLength(1);
    await doomed.terminate('gone for good');
    await waiting.result();
    never.open();
    expect(seen.order).toEqual(['doomed/turn-0', 'waiting/turn-0']);
    await eventually(async () => expect((await viewOf('mortal')).used).toBe(0));
  });

  test('is resized while it is waited for, and refuses what is no number of slots', async () => {
    const both = gate();
    held = () => both.until;
    const run = await start(crowd, 'resized', { pool: 'single', tasks: 3 });
    await eventually(() => expect(seen.order).toHaveLength(1));
    await expect(poolOf('single').executeUpdate('resize', { args: [-1] })).rejects.toMatchObject({
      cause: { type: 'InvalidSlots' },
    });
    await poolOf('single').executeUpdate('resize', { args: [3] });
    await eventually(() => expect(seen.order).toHaveLength(3));
    both.open();
    await run.result();
    expect(await viewOf('single')).toMatchObject({ slots: 3, used: 0 });
  });

  test('that was itself terminated learns who holds its slots before it grants any', async () => {
    const [first, second] = [gate(), gate()];
    held = ({ task }) => (task.startsWith('idle-1') ? first.until : second.until);
    const idle = [
      await start(crowd, 'idle-1', { pool: 'double' }),
      await start(crowd, 'idle-2', { pool: 'double' }),
    ];
    await eventually(() => expect(seen.now).toBe(2));
    await poolOf('double').terminate('a slip of the hand');
    const next = await start(crowd, 'next', { pool: 'double' });
    await eventually(async () =>
      expect(await viewOf('double')).toMatchObject({
        used: 2,
        held: [{ id: 'turn-0/1' }, { id: 'turn-0/1' }],
        waiting: [{ id: 'turn-0/1' }],
      }),
    );
    first.open();
    await eventually(() => expect(seen.order).toContain('next/turn-0'));
    second.open();
    await Promise.all([...idle, next].map((run) => run.result()));
    expect(seen.most).toBe(2);
    await eventually(async () => expect((await viewOf('double')).used).toBe(0));
  });

  test('that was itself terminated is started anew by the next who asks', async () => {
    await poolOf('wide').terminate('a slip of the hand');
    await (await start(crowd, 'anew', { pool: 'wide' })).result();
    expect(await viewOf('wide')).toMatchObject({ slots: 4, used: 0 });
  });
});
