/** The first act of an attempt, on a real folder. */
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { ObjectStore } from '../store/contract.ts';
import { openAttempts } from './open.ts';
import { begin } from './begin.ts';
import type { BeginDeps, LedgerPipeline } from './begin.ts';
import { writeRecord } from './close.ts';
import type { BeginInput } from './contract.ts';
import { createLedger } from './ledger.ts';
import { openKey } from './keys.ts';
import { loadMemo } from './memo.ts';
import { settle } from './settle.ts';
import { RUN, runRecord, taskRecord, temporaryStore } from './testing/records.ts';

const pipeline: LedgerPipeline = {
  name: 'readmission',
  params: () =>
    z.object({
      project: z.string(),
      months: z.number().int().min(1).default(6),
      window: z.object({ days: z.number() }).optional(),
    }),
};

const input: BeginInput = {
  pipeline: 'readmission',
  key: 'north',
  fireTime: '2026-01-31T00:00:00Z',
  mayBump: false,
  attempt: 1,
  params: { project: 'north' },
  holder: { workflowId: 'mine', firstRunId: 'first' },
};

const other: BeginInput = { ...input, holder: { workflowId: 'other', firstRunId: 'second' } };

let store: ObjectStore;
let deps: BeginDeps;

beforeEach(async () => {
  store = await temporaryStore();
  deps = {
    store,
    pipelines: new Map([['readmission', pipeline]]),
    settle: async () => false,
    searchAttributes: async () => ['AssayState'],
  };
});

async function failureOf(promise: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApplicationFailure) return error;
  throw new Error('expected an ApplicationFailure', { cause: error });
}

describe('begin', () => {
  it('refuses a key that could be part of no ID, and writes nothing', async () => {
    for (const key of ['', 'a b', 7 as never]) {
      expect((await failureOf(begin(deps, { ...input, key }))).type).toBe('InvalidKey');
    }
    expect(await createLedger(store).attempts(RUN)).toEqual([]);
  });

  it('claims the attempt and fills in the defaults of the params', async () => {
    expect(await begin(deps, input)).toEqual({
      kind: 'claimed',
      run: RUN,
      attempt: 1,
      fireTime: '2026-01-31T00:00:00Z',
      params: { project: 'north', months: 6 },
      memo: null,
      startedBy: 'manual',
      searchAttributes: ['AssayState'],
    });
  });

  it('tells the model that the run is about, by its checked params', async () => {
    const about: LedgerPipeline = {
      ...pipeline,
      model: ({ project }: { project: string }, modelOf) => modelOf(project),
    };
    const pipelines = new Map([['readmission', about]]);
    const modelOf = (project: string): string | undefined => (project === 'north' ? 'stays' : undefined);
    expect(await begin({ ...deps, pipelines, modelOf }, input)).toMatchObject({ model: 'stays' });
    const south = { ...input, key: 'south', params: { project: 'south' } };
    expect(await begin({ ...deps, pipelines, modelOf }, south)).not.toHaveProperty('model');
  });

  it('gives the same answer to the same holder, as often as it asks', async () => {
    const first = await begin(deps, input);
    expect(await begin(deps, input)).toEqual(first);
    expect(await createLedger(store).open()).toHaveLength(1);
  });

  it('tells the loser of the claim who holds the attempt', async () => {
    await begin(deps, input);
    expect(await begin(deps, other)).toEqual({
      kind: 'duplicate',
      run: RUN,
      attempt: 1,
      holder: input.holder,
    });
  });

  it('works out the interval of the schedule, and says whether it fires at that time', async () => {
    const schedule = { name: 'monthly', timetable: { cron: '@monthly', timezone: 'Europe/Berlin' } };
    expect(await begin(deps, { ...input, schedule })).toMatchObject({
      nominal: { interval: { start: '2025-11-30T23:00:00Z', end: '2025-12-31T23:00:00Z' }, onGrid: false },
    });
  });

  it('claims in the name of who started it: themselves, the schedule, or somebody who triggered that', async () => {
    const schedule = { name: 'monthly', timetable: { cron: '@monthly', timezone: 'UTC' } };
    const [onGrid, between] = ['2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z'];
    await begin(deps, { ...input, startedBy: 'cli' });
    await begin(deps, { ...input, fireTime: onGrid, schedule });
    await begin(deps, { ...input, fireTime: between, schedule });
    const open = await openAttempts(store);
    expect(new Set(open.map(({ startedBy }) => startedBy))).toEqual(
      new Set(['cli', 'schedule monthly', 'manual, of schedule monthly']),
    );
  });

  it('refuses a schedule that tells no interval, and claims nothing', async () => {
    const schedule = { name: 'never', timetable: { cron: '0 0 30 2 *' } };
    const failure = await failureOf(begin(deps, { ...input, schedule }));
    expect(failure).toMatchObject({ type: 'InvalidSchedule', nonRetryable: true });
    expect(await createLedger(store).attempts(RUN)).toEqual([]);
  });

  it('lets exactly one of many holders win', async () => {
    const asked = Array.from({ length: 20 }, (_, at) =>
      begin(deps, { ...input, holder: { workflowId: 'w', firstRunId: String(at) } }),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  });

  it('takes the next free second where it may, and finds it again when it is repeated', async () => {
    await begin(deps, input);
    const bumped = await begin(deps, { ...other, mayBump: true });
    expect(bumped).toMatchObject({ kind: 'claimed', fireTime: '2026-01-31T00:00:01Z' });
    expect(await begin(deps, { ...other, mayBump: true })).toEqual(bumped);
  });

  it('names every wrong field with what was given and what is expected, and claims nothing', async () => {
    const params = { months: 0.5, window: { days: 'ten' }, projekt: 'north' };
    const failure = await failureOf(begin(deps, { ...input, params }));
    expect(failure).toMatchObject({ type: 'InvalidParams', nonRetryable: true });
    expect(failure.details?.[0]).toEqual([
      { field: 'project', given: 'nothing', expected: 'expected string' },
      { field: 'months', given: '0.5', expected: 'expected int' },
      { field: 'window.days', given: '"ten"', expected: 'expected number' },
      { field: 'projekt', given: '"north"', expected: 'unknown; known are project, months, window' },
    ]);
    expect(failure.message).toContain('window.days: expected number; given: "ten"');
    expect(await createLedger(store).attempts(RUN)).toEqual([]);
  });

  it('refuses a field that the schema would drop, though all others are right', async () => {
    const failure = await failureOf(begin(deps, { ...input, params: { project: 'north', month: 3 } }));
    expect(failure.details?.[0]).toMatchObject([{ field: 'month', given: '3' }]);
  });

  it('refuses a pipeline that this code does not have, naming those it has', async () => {
    const failure = await failureOf(begin(deps, { ...input, pipeline: 'readmision' }));
    expect(failure).toMatchObject({ type: 'UnknownPipeline', nonRetryable: true });
    expect(failure.message).toContain('known are readmission');
  });
});

describe('begin of a later attempt', () => {
  const again: BeginInput = { ...other, attempt: 2, params: undefined };

  it('gets the record of the attempt before, and its params where none are given', async () => {
    await begin(deps, input);
    const record = runRecord({ params: { project: 'north', months: 3 } });
    await writeRecord(store, record);
    const answer = await begin(deps, again);
    expect(answer).toMatchObject({ kind: 'claimed', params: record.params, memo: { record } });
  });

  it('passes a heavy record by reference, complete and in order', async () => {
    await begin(deps, input);
    const tasks = Array.from({ length: 300 }, (_, at) =>
      taskRecord('score', { index: [at], result: { at, text: 'x'.repeat(8000) } }),
    );
    await writeRecord(store, runRecord({ tasks }));
    const answer = await begin(deps, again);
    const memo = answer.kind === 'claimed' ? answer.memo : null;
    expect(memo?.record.tasks).toEqual([]);
    const loaded = await Promise.all((memo?.parts ?? []).map((part) => loadMemo(store, part)));
    expect(loaded.flat().map(({ index }) => index?.[0])).toEqual(tasks.map((_, at) => at));
    expect(loaded.flat().every(({ result, stored }) => result === undefined && stored !== undefined)).toBe(
      true,
    );
  });

  it('finds tasks of the attempt before as people have marked them since', async () => {
    await begin(deps, input);
    const error = { type: 'Broken', message: 'no luck' };
    const tasks = ['bronze', 'silver', 'gold'].map((name) => taskRecord(name, { state: 'failed', error }));
    await writeRecord(store, runRecord({ state: 'failed', tasks }));
    const ledger = createLedger(store);
    await ledger.mark(RUN, 1, { task: 'bronze', action: 'skip', by: 'ann' });
    await ledger.mark(RUN, 1, { task: 'silver', action: 'skip', by: 'ann' });
    await ledger.mark(RUN, 1, {
      task: 'silver',
      action: 'succeed',
      value: { rows: 7 },
      by: 'bob',
      comment: 'loaded',
    });
    const answer = await begin(deps, again);
    const marked = answer.kind === 'claimed' ? answer.memo?.record.tasks : [];
    expect(marked).toMatchObject([
      { name: 'bronze', state: 'skipped', reason: 'skipped by ann' },
      {
        name: 'silver',
        state: 'success',
        result: { rows: 7 },
        resolutions: [{ by: 'bob', comment: 'loaded' }],
      },
      { name: 'gold', state: 'failed', error },
    ]);
    expect(marked?.[1]?.error).toBeUndefined();
  });

  it('is refused while the attempt before is still open', async () => {
    await begin(deps, input);
    expect(await failureOf(begin(deps, again))).toMatchObject({ type: 'RunStillOpen', nonRetryable: true });
  });

  it('settles an attempt that ended without a record, and builds on that', async () => {
    await begin(deps, input);
    const settle = async (): Promise<boolean> => {
      await writeRecord(store, runRecord({ state: 'terminated' }));
      return true;
    };
    const answer = await begin({ ...deps, settle }, again);
    expect(answer).toMatchObject({ kind: 'claimed', attempt: 2, memo: { record: { state: 'terminated' } } });
  });

  it('numbers itself where it asks for the next, once for each holder', async () => {
    await begin(deps, { ...input, attempt: 'next' });
    expect(await begin(deps, { ...input, attempt: 'next' })).toMatchObject({ attempt: 1 });
    await writeRecord(store, runRecord());
    expect(await begin(deps, { ...other, attempt: 'next' })).toMatchObject({ attempt: 2 });
    expect(await begin(deps, { ...other, attempt: 'next' })).toMatchObject({ attempt: 2 });
  });
});

describe('the sweeper beside begin', () => {
  it('leaves the marker of an attempt whose claim is about to follow', async () => {
    const claimedAt = new Date().toISOString();
    await store.put(openKey(RUN, 1), JSON.stringify({ holder: input.holder, claimedAt }));
    // It has no need to ask Temporal.
    const settled = await settle(store, {} as Client, RUN, 1);
    expect(settled).toBe(false);
    await begin(deps, input);
    expect(await createLedger(store).open()).toHaveLength(1);
  });

  it('takes away the marker that a kill left behind long ago', async () => {
    const claimedAt = '2020-01-01T00:00:00Z';
    await store.put(openKey(RUN, 1), JSON.stringify({ holder: input.holder, claimedAt }));
    expect(await settle(store, {} as Client, RUN, 1)).toBe(true);
    expect(await createLedger(store).open()).toEqual([]);
  });
});
