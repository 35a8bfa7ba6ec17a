import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { taskLabel } from '../domain/activity-id.ts';
import { RESOLVE_UPDATE, type Resolution } from '../domain/resolution.ts';
import type { TaskRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { holding, bounded, shortHold } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';

const probe = createProbe();
let kit: Kit;
let second = 0;
let fireTime: string;

beforeAll(async () => {
  kit = await startKit({ pipelines: [holding, bounded, shortHold], activities: probe.activities });
});
afterAll(() => kit.stop());
beforeEach(() => {
  fireTime = new Date(Date.UTC(2026, 5, 1, 0, 0, (second += 1))).toISOString().replace('.000', '');
});

type Handle = WorkflowHandleWithFirstExecutionRunId;

function resolve(handle: Handle, resolution: Omit<Resolution, 'by'> & { by?: string }): Promise<unknown> {
  const args: [object] = [{ by: 'ann', ...resolution }];
  return kit.client.workflow.getHandle(handle.workflowId).executeUpdate(RESOLVE_UPDATE, { args });
}

async function heldTask({ workflowId }: Handle, label: string): Promise<TaskRecord> {
  for (;;) {
    // A run that has not yet begun answers nothing.
    const record = await kit.query(kit.client.workflow.getHandle(workflowId)).catch(() => undefined);
    const task = record?.tasks.find(({ name, index }) => taskLabel(name, index) === label);
    if (task?.held !== undefined && task.state === 'deferred') return task;
    await sleep(30);
  }
}

async function tasksOf(pipeline: string): Promise<Readonly<Record<string, TaskRecord>>> {
  const record = await kit.ledger.record(`${pipeline}-${fireTime}`);
  return Object.fromEntries(record?.tasks.map((task) => [taskLabel(task.name, task.index), task]) ?? []);
}

describe('a run that holds failures', () => {
  test('waits with a failed task, and with what comes after it, until somebody has it tried again', async () => {
    probe.fail('held', { type: 'Broken' });
    const handle = await kit.start(holding, { fireTime });
    const held = await heldTask(handle, 'bad');
    expect(held).toMatchObject({ error: { type: 'Broken' }, tries: 1 });
    await resolve(handle, { task: 'bad', action: 'retry', comment: 'the disk is empty again' });
    expect(await handle.result()).toMatchObject({ word: { value: 'after held' } });
    const { bad, first } = await tasksOf('holding');
    expect(bad).toMatchObject({
      state: 'success',
      tries: 2,
      resolutions: [{ action: 'retry', by: 'ann', comment: 'the disk is empty again' }],
    });
    expect(bad?.held).toBeUndefined();
    expect(first?.tries).toBe(1);
  });

  test('takes a value for the result, skips one item of a map, and ends as if nothing had failed', async () => {
    probe.fail('held', { type: 'Broken' });
    probe.fail('item-b', { type: 'Broken' });
    const handle = await kit.start(holding, { fireTime });
    await heldTask(handle, 'bad');
    await heldTask(handle, 'item[1]');
    await resolve(handle, { task: 'bad', action: 'succeed', value: 'by hand' });
    await resolve(handle, { task: 'item[1]', action: 'skip' });
    expect(await handle.result()).toMatchObject({
      word: { value: 'after by hand' },
      letters: { value: { length: 1, values: ['item-a'] } },
    });
    expect(await tasksOf('holding')).toMatchObject({
      'item[1]': { state: 'skipped', reason: 'skipped by ann' },
    });
  });

  test('fails with the task when somebody says so, or when its time is over', async () => {
    probe.fail('held', { type: 'Broken' }, { type: 'Broken' });
    const handle = await kit.start(holding, { fireTime });
    await heldTask(handle, 'bad');
    await resolve(handle, { task: 'bad', action: 'fail' });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    expect(await tasksOf('holding')).toMatchObject({
      bad: { state: 'failed', error: { type: 'Broken' } },
      after: { state: 'upstream_failed' },
    });
    const short = await kit.start(shortHold, { fireTime });
    await expect(short.result()).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
  });

  test('takes what it holds into a new history, and what is decided is done there', async () => {
    probe.fail('held', { type: 'Broken' });
    const handle = await kit.start(holding, { fireTime, params: { steps: 14 } });
    while (
      (await kit.client.workflow.getHandle(handle.workflowId).describe()).runId === handle.firstExecutionRunId
    ) {
      await sleep(50);
    }
    const held = await heldTask(handle, 'bad');
    expect(held).toMatchObject({ tries: 1, error: { type: 'Broken' } });
    await resolve(handle, { task: 'bad', action: 'retry' });
    expect(await handle.result()).toMatchObject({ word: { value: 'after held' } });
    expect(await tasksOf('holding')).toMatchObject({ bad: { state: 'success', tries: 2 } });
  });

  test('is cancelled like any other', async () => {
    probe.fail('held', { type: 'Broken' });
    const handle = await kit.start(holding, { fireTime });
    await heldTask(handle, 'bad');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await tasksOf('holding')).toMatchObject({
      bad: { state: 'failed', error: { type: 'Cancelled' } },
    });
  });

  test('refuses what decides nothing, and says why', async () => {
    probe.fail('held', { type: 'Broken' });
    const handle = await kit.start(holding, { fireTime });
    await heldTask(handle, 'bad');
    const refusal = (message: string): object => ({ cause: { message: expect.stringContaining(message) } });
    await expect(resolve(handle, { task: 'first', action: 'retry' })).rejects.toMatchObject(
      refusal('first is not held; held are: bad'),
    );
    await expect(resolve(handle, { task: 'bad', action: 'retry', by: '' })).rejects.toMatchObject(
      refusal('by must say who decides'),
    );
    await expect(
      resolve(handle, { task: 'bad', action: 'succeed', value: 'x'.repeat(70_000) }),
    ).rejects.toMatchObject(refusal('more than the 65536'));
    await resolve(handle, { task: 'bad', action: 'skip' });
    await handle.result();
  });
});

describe('a run with a timeout', () => {
  test('is ended as failed, cancels what runs, and still cleans up', async () => {
    const handle = await kit.start(bounded, { fireTime });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'RunTimeout', message: expect.stringContaining('its timeout of 700 ms') },
    });
    expect(probe.calls('"failed by RunTimeout"')).toBe(1);
    expect(await kit.ledger.record(`bounded-${fireTime}`)).toMatchObject({
      state: 'failed',
      error: { type: 'RunTimeout' },
    });
    expect(await tasksOf('bounded')).toMatchObject({
      slow: { state: 'failed', error: { type: 'RunTimeout' } },
      'after-slow': { state: 'upstream_failed' },
      'clean-up': { state: 'success' },
    });
  });
});
