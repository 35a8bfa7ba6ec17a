import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { settle } from '../../activities/ledger/settle.ts';
import { squares } from '../../pipelines/examples/squares.pipeline.ts';
import type { RecordPage } from '../domain/record-pages.ts';
import { RECORD_QUERY, type RunRecord, type TaskRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import {
  awaiting,
  branches,
  careless,
  diamond,
  forgiving,
  oversized,
  parent,
  parentOfFailing,
  patient,
  skipping,
  strict,
  timed,
  wide,
} from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';

const probe = createProbe();
let kit: Kit;
let second = 0;

beforeAll(async () => {
  const pipelines = [
    awaiting,
    branches,
    careless,
    diamond,
    forgiving,
    oversized,
    parent,
    parentOfFailing,
    patient,
  ];
  kit = await startKit({
    pipelines: [...pipelines, skipping, squares, strict, timed, wide],
    activities: probe.activities,
  });
});
afterAll(() => kit.stop());

/** A fire time that no other run of this file has. */
let fireTime: string;
beforeEach(() => {
  fireTime = new Date(Date.UTC(2026, 0, 1, 0, 0, (second += 1))).toISOString().replace('.000', '');
});

async function failureOf(run: Promise<unknown>): Promise<Error & { type?: string }> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowFailedError) || error.cause === undefined) throw error;
  return error.cause;
}

async function recordOf(pipeline: string, attempt?: number): Promise<RunRecord> {
  const record = await kit.ledger.record(`${pipeline}-${fireTime}`, attempt);
  if (record === undefined) throw new Error(`no record of ${pipeline}-${fireTime}`);
  return record;
}

async function tasksOf(pipeline: string): Promise<Readonly<Record<string, TaskRecord>>> {
  const { tasks } = await recordOf(pipeline);
  return Object.fromEntries(tasks.map((task) => [task.name, task]));
}

describe('a run', () => {
  test('returns what its function returns', async () => {
    expect(await kit.execute(squares, { params: { upTo: 4 } })).toBe(30);
  });

  test('leaves a record of its graph, states, params and results', async () => {
    await kit.execute(diamond, { params: { word: 'ore' }, fireTime, startedBy: 'a test' });
    const record = await recordOf('diamond');
    expect(record).toMatchObject({
      run: `diamond-${fireTime}`,
      attempt: 1,
      state: 'success',
      params: { word: 'ore' },
      interval: { start: fireTime, end: fireTime },
      startedBy: 'a test',
      result: { one: 'ore-left', two: 'ore-right', key: `diamond-${fireTime}/1/end` },
    });
    expect(record.tasks.map(({ name, after, state, tries }) => [name, after, state, tries])).toEqual([
      ['start', [], 'success', 1],
      ['left', ['start'], 'success', 1],
      ['right', ['start'], 'success', 1],
      ['end', ['left', 'right'], 'success', 1],
    ]);
  });

  test('names its activities after task and try', async () => {
    const handle = await kit.start(diamond);
    await handle.result();
    const { events } = await handle.fetchHistory();
    const ids = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityId ?? [],
    );
    expect(ids).toEqual(['start/1/1', 'left/1/2', 'right/1/3']);
  });

  test('answers for itself by query, also after its end', async () => {
    const handle = await kit.start(diamond, { fireTime });
    await handle.result();
    expect(await kit.query(handle)).toMatchObject({ run: `diamond-${fireTime}`, state: 'success' });
  });

  test('answers in pages where it has more to tell than fits an answer, open, over, or cut off', async () => {
    const params = { tasks: 50, bytes: 60_000 };
    const handle = await kit.start(wide, { fireTime, params });
    await vi.waitFor(
      async () => {
        const live = await kit.query(handle);
        expect(live.tasks.filter(({ state }) => state === 'success')).toHaveLength(50);
        expect(live.tasks.at(-1)).toMatchObject({ name: 'go', state: 'deferred' });
      },
      { timeout: 30_000, interval: 200 },
    );
    const first = await handle.query<RecordPage>(RECORD_QUERY);
    expect(first.more?.of).toBe(51);
    expect(first.tasks).toHaveLength(first.more?.from ?? 0);
    await handle.terminate('cut off');
    const run = `wide-${fireTime}`;
    expect(await settle(kit.store, kit.client, run, 1)).toBe(true);
    const record = await kit.ledger.record(run, 1);
    expect(record).toMatchObject({ state: 'terminated' });
    expect(record?.tasks).toHaveLength(51);
    expect(record).not.toHaveProperty('more');
  });

  test('shows a live table of its tasks and search attributes', async () => {
    const handle = await kit.start(branches, { fireTime, tags: ['nightly'] });
    await handle.result();
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toMatch(/\| after-good\s+\| ✓ success\s+\| 1\s+\|/);
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({
      AssayPipeline: ['branches'],
      AssayState: ['success'],
      AssayTags: ['nightly'],
      AssayModel: ['stays'],
      AssayFireTime: [new Date(fireTime)],
    });
  });
});

describe('identity', () => {
  test('a second start of the same fire time ends at once and says whose run it is', async () => {
    const first = await kit.start(diamond, { fireTime, key: 'k' });
    await first.result();
    expect(await kit.execute(diamond, { fireTime, key: 'k' })).toMatchObject({
      duplicateOf: { run: `diamond.k-${fireTime}`, attempt: 1 },
      holder: { workflowId: first.workflowId, firstRunId: first.firstExecutionRunId },
    });
  });

  test('two manual starts in one second take seconds of their own', async () => {
    const handles = await Promise.all([1, 2, 3].map(() => kit.start(diamond)));
    await Promise.all(handles.map((handle) => handle.result()));
    const records = await Promise.all(handles.map((handle) => kit.query(handle)));
    expect(new Set(records.map(({ run }) => run)).size).toBe(3);
  });

  test('a raw start with an interval has that interval', async () => {
    const interval = { start: '2025-12-01T00:00:00Z', end: '2026-01-01T00:00:00Z' };
    const handle = await kit.start('diamond', { fireTime, interval, key: 'interval' }, 'by-hand');
    await handle.result();
    expect(await kit.query(handle)).toMatchObject({ interval, workflowId: 'by-hand' });
  });
});

describe('params', () => {
  test('that are wrong fail a raw start at once, each field named', async () => {
    const handle = await kit.start('strict', { params: { day: 'soon', limit: -1, extra: true } });
    const failure = await failureOf(handle.result());
    expect(failure.type).toBe('InvalidParams');
    expect(failure.message).toMatch(/day.*limit.*extra/s);
  });

  test('that are missing altogether fail it, too', async () => {
    expect((await failureOf((await kit.start('strict')).result())).message).toMatch(/day.*limit/s);
  });

  test('get their defaults', async () => {
    expect(await kit.execute(diamond)).toMatchObject({ one: 'assay-left' });
  });

  test('come after input that is no input, which is refused by name', async () => {
    const failures = await Promise.all(
      ['text', { fireTime: 'noon' }, { interval: { start: 1 } }, { attempt: 0 }].map(async (input) =>
        failureOf((await kit.start('diamond', input)).result()),
      ),
    );
    expect(failures.map(({ type }) => type)).toEqual(Array(4).fill('InvalidInput'));
  });
});

describe('a failed task', () => {
  test('fails what comes after it, leaves other branches running, and is named by the run', async () => {
    probe.fail('bad', { type: 'Broken' });
    probe.fail('optional', { type: 'Unimportant' });
    const failure = await failureOf(kit.execute(branches, { fireTime }));
    expect(failure).toMatchObject({ type: 'RunFailed', nonRetryable: true });
    expect(failure.message).toContain('1 of 7 tasks');
    expect(failure.message).toContain('bad (Broken: bad went wrong)');
    const tasks = await tasksOf('branches');
    expect(Object.fromEntries(Object.entries(tasks).map(([name, { state }]) => [name, state]))).toEqual({
      bad: 'failed',
      'after-bad': 'upstream_failed',
      good: 'success',
      'after-good': 'success',
      whatever: 'success',
      optional: 'failed',
      'after-optional': 'success',
    });
    expect(tasks['whatever']?.result).toEqual(['failed', 'success']);
    expect(tasks['after-bad']?.reason).toBe('bad failed');
  });

  test('that was caught still fails the run, after what the rescue does', async () => {
    probe.fail('risky', { type: 'Risk' });
    const failure = await failureOf(kit.execute(awaiting, { fireTime }));
    expect(failure.message).toContain('risky (Risk:');
    expect(await tasksOf('awaiting')).toMatchObject({
      rescue: { state: 'success', result: 'Risk', after: ['first', 'risky'] },
      many: { state: 'success', after: ['first'] },
    });
  });

  test('nobody looks at raises no unhandled rejection', async () => {
    probe.fail('lost', { type: 'Lost' });
    expect(await kit.execute(careless)).toBe('fine');
  });

  test('with a result of more than 64 KiB says so and what to return instead', async () => {
    const failure = await failureOf(kit.execute(oversized, { fireTime }));
    expect(failure.message).toMatch(/ResultTooLarge: heavy returned 70002 bytes.*return its reference/);
  });
});

describe('skipping', () => {
  test('spreads, spares what its rule lets run, and ends quietly what awaits it', async () => {
    await kit.execute(skipping, { fireTime });
    const { state, tasks } = await recordOf('skipping');
    expect(state).toBe('success');
    expect(tasks.map(({ name, state: end, reason }) => [name, end, reason])).toEqual([
      ['gate', 'skipped', 'nothing to do'],
      ['after-gate', 'skipped', 'gate skipped'],
      ['in-any-case', 'success', undefined],
    ]);
  });
});

describe('retries', () => {
  test('follow the rules by error type', async () => {
    probe.fail('fetch', { type: 'RateLimited', permanent: true }, { type: 'RateLimited', permanent: true });
    expect(await kit.execute(patient, { fireTime })).toBe('fetch');
    expect(await tasksOf('patient')).toMatchObject({ fetch: { state: 'success', tries: 3 } });
  });

  test('end at once where a rule or the error says so', async () => {
    probe.fail('fetch', { type: 'AccessDenied', permanent: false }, { type: 'AccessDenied' });
    await failureOf(kit.execute(patient, { fireTime }));
    const { fetch } = await tasksOf('patient');
    expect(fetch).toMatchObject({ state: 'failed', tries: 1, error: { type: 'AccessDenied' } });
  });

  test('alone decide on a further try: no activity is repeated behind their back', async () => {
    const before = probe.calls('bad');
    probe.fail('bad', { type: 'Broken', permanent: false });
    await failureOf(kit.execute(branches, { fireTime }));
    expect(await tasksOf('branches')).toMatchObject({
      bad: { state: 'failed', tries: 1, error: { type: 'Broken', message: 'bad went wrong' } },
    });
    expect(probe.calls('bad') - before).toBe(1);
  });

  test('are not used up by what the infrastructure repeats', async () => {
    const before = probe.calls('bad');
    const passing = ['StoreUnavailable', 'WriteConflict'].map((type) => ({ type, permanent: false }));
    probe.fail('bad', ...passing);
    await kit.execute(branches, { fireTime });
    expect(probe.calls('bad') - before).toBe(3);
  });

  test('of the pipeline are those of each task that declares none', async () => {
    probe.fail('again', { type: 'Broken', permanent: false });
    expect(await kit.execute(forgiving, { fireTime })).toBe('again');
    expect(await tasksOf('forgiving')).toMatchObject({ again: { state: 'success', tries: 2 } });
  });

  test('of the pipeline are spent once, be a task inside another', async () => {
    const before = probe.calls('again');
    const broken = { type: 'Broken', permanent: false };
    probe.fail('again', broken, broken, broken, broken);
    const failure = await failureOf(kit.execute(forgiving, { fireTime, params: { inside: true } }));
    expect(failure.message).toContain('again went wrong');
    expect(await tasksOf('forgiving')).toMatchObject({
      around: { state: 'failed', tries: 1 },
      again: { state: 'failed', tries: 2 },
    });
    expect(probe.calls('again') - before).toBe(2);
    probe.fail('again');
  });

  test('follow a try that took too long', async () => {
    const failure = await failureOf(kit.execute(timed, { fireTime }));
    expect(failure.message).toContain('TaskTimeout');
    expect(await tasksOf('timed')).toMatchObject({ slow: { tries: 2 } });
  });
});

describe('a child', () => {
  test('is a run of its own whose result stands under the task', async () => {
    const result = await kit.execute(parent, { fireTime });
    expect(result).toMatchObject({ one: 'child-left', key: `diamond.sub-${fireTime}/1/end` });
    const child = await kit.ledger.record(`diamond.sub-${fireTime}`);
    expect(child).toMatchObject({ startedBy: `run parent-${fireTime}`, state: 'success' });
  });

  test('is tried again as its own next attempt, which keeps what was done', async () => {
    probe.fail('fetch', { type: 'Broken' });
    await kit.execute(parentOfFailing, { fireTime });
    expect(await kit.ledger.attempts(`patient.sub-${fireTime}`)).toEqual([1, 2]);
  });
});
