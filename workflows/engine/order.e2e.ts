import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ListedState } from '../../activities/ledger/contract.ts';
import { poolWorkflowId, runsPool } from '../domain/pool/messages.ts';
import type { PoolView } from '../domain/pool/pool.ts';
import { formatRunId, parseRunId, wholeSecond } from '../domain/run-id.ts';
import type { RunInput } from '../domain/run-input.ts';
import type { RunRecord } from '../domain/run-record.ts';
import type { AnyPipeline } from './definition.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { limited, limitedWaiter, newestOnly, oneByOne, taskByTask } from './testing/pool-pipelines.ts';

const order: string[] = [];
/** Turns that don't end before they are let go, or that fail. */
const blocked = new Map<string, Promise<void>>();
const releases: (() => void)[] = [];
const broken = new Set<string>();
let now = 0;
let most = 0;
let kit: Kit;

/** On a busy machine a second is short. */
function eventually(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 30_000, interval: 50 });
}

beforeAll(async () => {
  kit = await startKit({
    pipelines: [limited, limitedWaiter, newestOnly, oneByOne, taskByTask],
    activities: {
      'taking.turn': async ({ task }: { task: string }) => {
        order.push(task);
        now += 1;
        most = Math.max(most, now);
        await blocked.get(task);
        now -= 1;
        if (broken.delete(task)) throw ApplicationFailure.nonRetryable('no', 'Broken');
      },
    },
  });
});
afterAll(async () => {
  for (const release of releases) release();
  await kit.stop();
});
beforeEach(() => {
  order.length = 0;
  most = 0;
});

function block(task: string): () => void {
  let release = (): void => undefined;
  blocked.set(task, new Promise((resolve) => (release = () => resolve())));
  releases.push(release);
  return release;
}

const day = (number: number): string => wholeSecond(Date.UTC(2026, 2, number));

/** Under the run's own ID, as every way in starts it. */
function start(pipeline: AnyPipeline, number: number, input: RunInput = {}) {
  const fireTime = day(number);
  const interval = { start: day(number - 1), end: fireTime };
  const { name } = pipeline.definition;
  const { key } = input;
  const run = formatRunId({ pipeline: name, fireTime, ...(key !== undefined && { key }) });
  return kit.start(pipeline, { fireTime, interval, ...input }, run);
}

function states({ tasks }: RunRecord): Record<string, string> {
  return Object.fromEntries(tasks.map(({ name, state }) => [name, state]));
}

/** By fire time, the latest first. */
async function listed({ definition }: AnyPipeline, state?: ListedState): Promise<string[]> {
  const { runs } = await kit.ledger.list({
    pipeline: definition.name,
    ...(state !== undefined && { state }),
  });
  const rows = runs.map(({ run, state: is }) => [parseRunId(run)?.key, is].join(' '));
  return rows.toSorted((one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10));
}

function placesOf({ definition }: AnyPipeline): Promise<PoolView> {
  const id = poolWorkflowId(runsPool(definition.name), kit.taskQueue);
  return kit.client.workflow.getHandle(id).query<PoolView>('view');
}

describe('maxActiveRuns', () => {
  test('keeps further runs queued, and lets those of earlier fire times in first', async () => {
    const release = [block('5/turn'), block('6/turn')];
    const runs = [await start(limited, 5, { key: '5' }), await start(limited, 6, { key: '6' })];
    await eventually(() => expect(order).toHaveLength(2));
    for (const number of [9, 7, 8]) runs.push(await start(limited, number, { key: String(number) }));
    await eventually(async () => expect((await placesOf(limited)).waiting).toHaveLength(3));
    const [, , late] = runs;
    if (late === undefined) throw new Error('there is no such run');
    expect(await kit.query(late)).toMatchObject({
      state: 'running',
      queued: { reason: 'waits for a place among 2 runs' },
      tasks: [],
    });
    await eventually(async () =>
      expect(await listed(limited)).toEqual(['9 queued', '8 queued', '7 queued', '6 running', '5 running']),
    );
    expect(await listed(limited, 'queued')).toEqual(['9 queued', '8 queued', '7 queued']);
    expect(await listed(limited, 'running')).toEqual(['6 running', '5 running']);
    release[0]?.();
    await Promise.all(runs.toSpliced(1, 1).map((run) => run.result()));
    expect(order.slice(2)).toEqual(['7/turn', '8/turn', '9/turn']);
    release[1]?.();
    await runs[1]?.result();
    expect(most).toBe(2);
    expect((await placesOf(limited)).used).toBe(0);
    expect(await listed(limited, 'queued')).toEqual([]);
  });

  test('is left by a run that is cancelled in the queue', async () => {
    const release = [block('11/turn'), block('12/turn')];
    const runs = [await start(limited, 11, { key: '11' }), await start(limited, 12, { key: '12' })];
    await eventually(() => expect(order).toHaveLength(2));
    const third = await start(limited, 13, { key: '13' });
    await eventually(async () => expect((await placesOf(limited)).waiting).toHaveLength(1));
    await third.cancel();
    await expect(third.result()).rejects.toMatchObject({ cause: { message: 'Workflow canceled' } });
    expect(await placesOf(limited)).toMatchObject({ used: 2, waiting: [] });
    const id = formatRunId({ pipeline: 'limited', key: '13', fireTime: day(13) });
    expect(await kit.ledger.record(id)).toMatchObject({ state: 'cancelled', tasks: [] });
    for (const open of release) open();
    await Promise.all(runs.map((run) => run.result()));
    expect((await placesOf(limited)).used).toBe(0);
  });

  test('counts no run that only waits, and has it wait for a place before it goes on', async () => {
    const waiter = await start(limitedWaiter, 1, { key: 'w' });
    await eventually(async () => expect(await placesOf(limitedWaiter)).toMatchObject({ used: 0 }));
    const release = block('x/before');
    const other = await start(limitedWaiter, 2, { key: 'x' });
    await eventually(() => expect(order).toEqual(['w/before', 'x/before']));
    await waiter.signal('word', 1);
    await eventually(async () => expect((await placesOf(limitedWaiter)).waiting).toHaveLength(1));
    expect(states(await kit.query(waiter))).toMatchObject({ word: 'success', after: 'queued' });
    release();
    await waiter.result();
    await other.signal('word', 2);
    await other.result();
    expect(most).toBe(1);
  });
});

describe('dependsOnPast', () => {
  test('of a pipeline waits for the success of the run before, also when that failed first', async () => {
    broken.add(day(1));
    const first = await start(oneByOne, 1);
    await first.result().catch(() => undefined);
    const second = await start(oneByOne, 2);
    await eventually(async () =>
      expect((await kit.query(second)).queued?.reason).toBe('waits for the interval before'),
    );
    await eventually(async () =>
      expect((await kit.ledger.list({ pipeline: 'oneByOne', state: 'queued' })).runs).toMatchObject([
        { run: `oneByOne-${day(2)}`, queued: { reason: 'waits for the interval before' } },
      ]),
    );
    expect(order).toEqual([day(1)]);
    await (await start(oneByOne, 1, { attempt: 2 })).result();
    await second.result();
    expect(order).toEqual([day(1), day(1), day(2)]);
    expect((await kit.ledger.list({ pipeline: 'oneByOne', state: 'queued' })).runs).toEqual([]);
  });

  test('waits for nothing where no run came before', async () => {
    await (await start(oneByOne, 20)).result();
    expect(order).toEqual([day(20)]);
  });

  test('waits for an interval that was due by the schedule and never ran', async () => {
    const since = day(20);
    const schedule = { name: 'daily', timetable: { cron: '@daily' }, since };
    const input = { schedule, key: 'due' };
    // The interval before the schedule began is nobody's to run.
    await (await start(oneByOne, 21, input)).result();
    const late = await start(oneByOne, 23, input);
    await eventually(async () => expect((await kit.query(late)).queued).toBeDefined());
    expect(order).toEqual([day(21)]);
    await (await start(oneByOne, 22, input)).result();
    await late.result();
    expect(order).toEqual([day(21), day(22), day(23)]);
  });

  test('of a task waits for that task alone, while the run before is still at work', async () => {
    const [bound, last] = [block(`bound ${day(1)}`), block(`last ${day(1)}`)];
    const runs = [await start(taskByTask, 1), await start(taskByTask, 2)];
    await eventually(() => expect(order).toContain(`free ${day(2)}`));
    const [, second] = runs;
    if (second === undefined) throw new Error('there is no such run');
    await eventually(async () =>
      expect(states(await kit.query(second))).toEqual({
        free: 'success',
        'bound.past': 'deferred',
        bound: 'scheduled',
        last: 'scheduled',
      }),
    );
    expect(order).not.toContain(`bound ${day(2)}`);
    bound();
    await second.result();
    expect(order.at(-1)).toBe(`last ${day(2)}`);
    expect(states(await kit.query(runs[0] as never))).toMatchObject({ last: 'running' });
    last();
    await runs[0]?.result();
  });
});

describe('latestOnly', () => {
  test('skips what comes after it unless no later interval is due', async () => {
    await (await start(newestOnly, 1)).result();
    const old = await kit.ledger.record(formatRunId({ pipeline: 'newestOnly', fireTime: day(1) }));
    expect(old?.tasks.map(({ state }) => state)).toEqual(['skipped', 'skipped']);
    const end = new Date(Date.now() - 60_000).toISOString();
    const interval = { start: new Date(Date.now() - 3_600_000).toISOString(), end };
    await kit.execute(newestOnly, { key: 'new', fireTime: end, interval });
    const [newest] = (await kit.ledger.list({ pipeline: 'newestOnly', limit: 1 })).runs;
    expect(await kit.ledger.record(newest?.run ?? '')).toMatchObject({
      tasks: [{ state: 'success' }, { state: 'success', result: end }],
    });
  });
});
