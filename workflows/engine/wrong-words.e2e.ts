import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { ANSWER_UPDATE } from '../domain/approval.ts';
import { poolWorkflowId } from '../domain/pool/messages.ts';
import { RESOLVE_UPDATE } from '../domain/resolution.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { holding } from './testing/pipelines.ts';
import { poolMap } from './testing/pool-pipelines.ts';
import { createProbe } from './testing/probe.ts';
import { asking } from './testing/waiting.ts';

const probe = createProbe();
let kit: Kit;

beforeAll(async () => {
  kit = await startKit({
    pipelines: [asking, holding, poolMap],
    pools: { narrow: 1 },
    activities: { ...probe.activities, 'taking.turn': async () => 'taken' },
  });
});
afterAll(() => kit.stop());

/** What a raw update may bring: JSON of any shape, or nothing. */
const GARBAGE: readonly [unknown?][] = [
  [],
  [null],
  ['retry'],
  [-7],
  [1.5],
  [true],
  [[]],
  [{}],
  [{ task: 7, who: 7, by: 7, action: 7, choice: 7, slots: 7 }],
  [{ task: 'bad', action: 'explode', by: 'ann', choice: null, who: 'ann' }],
];

async function waitingRun(pipeline: typeof holding | typeof asking, task: string): Promise<WorkflowHandle> {
  const handle = await kit.start(pipeline, { fireTime: '2026-07-01T00:00:00Z' });
  await vi.waitFor(
    async () => {
      const { tasks } = await kit.query(handle);
      expect(tasks.find(({ name }) => name === task)).toMatchObject({ state: 'deferred' });
    },
    { timeout: 20_000, interval: 50 },
  );
  return handle;
}

/** The types of what each piece of garbage was refused with. */
async function refusalsOf(handle: WorkflowHandle, update: string): Promise<readonly unknown[]> {
  return Promise.all(
    GARBAGE.map((args) =>
      handle.executeUpdate(update, { args: args as [unknown] }).then(
        (accepted) => `accepted ${JSON.stringify(accepted)}`,
        (error: { message: string; cause?: { type?: string } }) => error.cause?.type ?? error.message,
      ),
    ),
  );
}

describe('words that make no sense', () => {
  const all = (type: string): readonly string[] => GARBAGE.map(() => type);

  test('decide nothing about a held task, which can still be decided about', async () => {
    probe.fail('held', { type: 'Broken' });
    const run = await waitingRun(holding, 'bad');
    const before = await kit.query(run);
    expect(await refusalsOf(run, RESOLVE_UPDATE)).toEqual(all('NotResolved'));
    expect((await kit.query(run)).tasks).toEqual(before.tasks);
    await run.executeUpdate(RESOLVE_UPDATE, { args: [{ task: 'bad', action: 'skip', by: 'ann' }] });
    await run.result();
  });

  test('answer no question, which stays open', async () => {
    const run = await waitingRun(asking, 'approve');
    const before = await kit.query(run);
    expect(await refusalsOf(run, ANSWER_UPDATE)).toEqual(all('InvalidAnswer'));
    expect((await kit.query(run)).tasks).toEqual(before.tasks);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });

  test('said by a signal stall neither a pool nor the run that waits for it', async () => {
    const pool = kit.client.workflow.getHandle(poolWorkflowId('narrow', kit.taskQueue));
    await kit.execute(poolMap, { params: { items: 1 } });
    for (const args of GARBAGE) await pool.signal('tell', ...args);
    const run = await kit.start(poolMap, { params: { items: 2 } });
    for (const args of GARBAGE) await run.signal('assayGranted', ...args);
    await run.result();
    await vi.waitFor(async () => expect(await pool.query('view')).toMatchObject({ slots: 1, used: 0 }));
  });

  test('leave a pool its size', async () => {
    await kit.execute(poolMap, { params: { items: 1 } });
    const pool = kit.client.workflow.getHandle(poolWorkflowId('narrow', kit.taskQueue));
    expect(await refusalsOf(pool, 'resize')).toEqual(all('InvalidSlots'));
    expect(await pool.query('view')).toMatchObject({ slots: 1, used: 0 });
  });
});
