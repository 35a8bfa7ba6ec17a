import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TaskRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { patient } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';
import { following, listening, patience, sleeping, watching } from './testing/waiting.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const NOT_YET = { type: 'NotYet', permanent: false };
const probe = createProbe();
let kit: Kit;
let second = 0;

beforeAll(async () => {
  const pipelines = [patient, following, listening, patience, sleeping, watching];
  kit = await startKit({ pipelines, activities: probe.activities });
});
afterAll(() => kit.stop());

/** A fire time that no other run of this file has. */
let fireTime: string;
beforeEach(() => {
  fireTime = new Date(Date.UTC(2026, 5, 1, 0, 0, (second += 1))).toISOString().replace('.000', '');
});

async function tasksOf(run: string): Promise<Readonly<Record<string, TaskRecord>>> {
  const record = await kit.ledger.record(`${run}-${fireTime}`);
  return Object.fromEntries((record?.tasks ?? []).map((task) => [task.name, task]));
}

async function liveTask(handle: WorkflowHandle, name: string): Promise<TaskRecord | undefined> {
  return (await kit.query(handle)).tasks.find((task) => task.name === name);
}

async function untilDeferred(handle: WorkflowHandle, name: string): Promise<void> {
  await vi.waitFor(
    async () => expect(await liveTask(handle, name)).toMatchObject({ state: 'deferred' }),
    WAIT,
  );
}

describe('a sensor', () => {
  test('looks again while it is told not yet, which adds nothing to the history', async () => {
    probe.fail('landed', ...Array.from({ length: 6 }, () => NOT_YET));
    const handle = await kit.start(watching, { fireTime });
    expect(await handle.result()).toBe('landed');
    const { landed } = await tasksOf('watching');
    expect(landed).toMatchObject({ kind: 'sensor', state: 'success', tries: 1, polls: 7 });
    expect(landed?.waitsUntil).toBeUndefined();
    const { events = [] } = await handle.fetchHistory();
    const looks = events?.filter(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityId?.startsWith('landed/'),
    );
    expect(looks).toHaveLength(1);
  });

  test('takes any other failure for a try of the task, and its cause for the reason', async () => {
    probe.fail('landed', NOT_YET, { type: 'Broken', permanent: false }, NOT_YET, { type: 'Locked' });
    const failed = kit.execute(watching, { fireTime });
    await expect(failed).rejects.toMatchObject({
      cause: { message: expect.stringContaining('landed (Locked: landed went wrong)') },
    });
    expect(await tasksOf('watching')).toMatchObject({
      landed: { tries: 2 },
      use: { state: 'upstream_failed' },
    });
  });

  test('fails once its time is over, or is skipped where it may be', async () => {
    probe.fail('landed', ...Array.from({ length: 50 }, () => NOT_YET));
    probe.fail('optional', ...Array.from({ length: 50 }, () => NOT_YET));
    await kit.execute(watching, { fireTime, params: { patience: '1s' } }).catch(() => undefined);
    expect(await tasksOf('watching')).toMatchObject({
      landed: {
        state: 'failed',
        tries: 1,
        error: { type: 'WaitTimeout', message: 'what landed waits for has not come within 1.0 s' },
      },
      optional: { state: 'skipped' },
    });
    probe.fail('optional');
  });

  test('ends with a run that is cancelled, and waits anew in the next attempt', async () => {
    probe.fail('landed', ...Array.from({ length: 500 }, () => NOT_YET));
    const handle = await kit.start(watching, { fireTime });
    await untilDeferred(handle, 'landed');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await tasksOf('watching')).toMatchObject({
      landed: { state: 'failed', error: { type: 'Cancelled' } },
    });
    probe.fail('landed', NOT_YET);
    const again = { fireTime, attempt: 2, rerun: { onlyFailed: true } } as const;
    expect(await kit.execute(watching, again)).toBe('landed');
    expect((await tasksOf('watching'))['landed']).toMatchObject({ tries: 1, polls: 2, fromMemo: false });
  });
});

describe('a signal', () => {
  test('that came too early is kept, and each is taken once, in order', async () => {
    probe.fail('before', { type: 'Slow', permanent: false });
    const handle = await kit.start(listening, { fireTime });
    await handle.signal('go', { round: 1 });
    await handle.signal('go', { round: 2 });
    expect(await handle.result()).toEqual({ one: { round: 1 }, two: [{ round: 2 }, 'again'] });
    expect(await tasksOf('listening')).toMatchObject({
      go: { kind: 'signal', state: 'success', result: { round: 1 } },
      nobody: { state: 'failed', error: { type: 'WaitTimeout' } },
    });
  });

  test('is taken from the memo when only what comes after it is done again', async () => {
    const handle = await kit.start(listening, { fireTime });
    await untilDeferred(handle, 'go');
    await handle.signal('go', 'a');
    await handle.signal('go', 'b');
    await handle.result();
    const again = { fireTime, attempt: 2, rerun: { from: ['and-again'] } };
    const next = await kit.start(listening, again);
    await untilDeferred(next, 'and-again');
    await next.signal('go', 'c');
    expect(await next.result()).toEqual({ one: 'a', two: ['c', 'again'] });
  });
});

describe('a time', () => {
  test('that follows from the interval is the same however late the run is', async () => {
    const interval = { start: '2025-12-01T00:00:00Z', end: '2026-01-01T00:00:00Z' };
    expect(await kit.execute(sleeping, { fireTime, interval })).toBe('2026-01-31T00:00:00.000Z');
  });
});

describe('another run', () => {
  test('of the same interval is waited for, whoever starts it', async () => {
    const handle = await kit.start(following, { fireTime });
    await untilDeferred(handle, 'upstream');
    await kit.execute(patient, { fireTime, key: 'north' });
    const run = `patient.north-${fireTime}`;
    expect(await handle.result()).toEqual({ id: run, attempt: 1, result: 'fetch' });
  });

  test('that failed fails what waits for it, unless that waits until somebody has run it again', async () => {
    probe.fail('fetch', { type: 'AccessDenied' });
    await kit.execute(patient, { fireTime, key: 'north' }).catch(() => undefined);
    await expect(kit.execute(following, { fireTime })).rejects.toMatchObject({
      cause: { message: expect.stringContaining(`assay runs rerun patient.north-${fireTime} --only-failed`) },
    });
    const options = { fireTime, key: 'patient', params: { otherwise: 'wait' } };
    const waiting = await kit.start(following, options);
    await untilDeferred(waiting, 'upstream');
    await kit.execute(patient, { fireTime, key: 'north', attempt: 2, rerun: { onlyFailed: true } });
    expect(await waiting.result()).toMatchObject({ attempt: 2, result: 'fetch' });
  });
});

describe('a run that waits', () => {
  test('goes on waiting in new histories, with what is left of its time', async () => {
    probe.fail('patience', ...Array.from({ length: 500 }, () => NOT_YET));
    const handle = await kit.start(patience, { fireTime });
    await untilDeferred(handle, 'sensor');
    await handle.signal('early', 'bird');
    const before = await liveTask(handle, 'sensor');
    const newest = kit.client.workflow.getHandle(handle.workflowId);
    await vi.waitFor(async () => {
      expect((await newest.describe()).runId).not.toBe(handle.firstExecutionRunId);
      expect(await liveTask(newest, 'step-29')).toMatchObject({ state: 'success' });
    }, WAIT);
    expect(await liveTask(newest, 'sensor')).toMatchObject({
      state: 'deferred',
      tries: 1,
      startedAt: before?.startedAt,
      waitsUntil: before?.waitsUntil,
    });
    await newest.signal('told', 'so');
    probe.fail('patience');
    expect(await newest.result()).toEqual(['patience', 'so', 'bird']);
  });
});
