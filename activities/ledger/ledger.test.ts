/** The read side, on a real folder that holds what `begin` and `close` write. */
import { beforeEach, describe, expect, it } from 'vitest';

import type { ObjectStore } from '../store/contract.ts';
import { claim } from './claim.ts';
import { writeRecord } from './close.ts';
import type { Ledger, RunFilter } from './contract.ts';
import { sortKey } from './keys.ts';
import { createLedger } from './ledger.ts';
import { loadMemo, saveMemo } from './memo.ts';
import { runRecord, taskRecord, temporaryStore } from './testing/records.ts';

let store: ObjectStore;
let ledger: Ledger;

beforeEach(async () => {
  store = await temporaryStore();
  ledger = createLedger(store);
});

function runOf(day: number, pipeline = 'readmission'): string {
  return `${pipeline}-2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
}

async function claimed(run: string): Promise<void> {
  await claim(store, run, 1, { holder: { workflowId: run, firstRunId: 'first' } });
  // Claims of one millisecond have no order.
  const now = Date.now();
  while (Date.now() === now);
}

async function closed(run: string, rest: Parameters<typeof runRecord>[0] = {}): Promise<void> {
  await claimed(run);
  await writeRecord(store, runRecord({ run, pipeline: run.split('-')[0] ?? '', ...rest }));
}

describe('list', () => {
  it('shows the newest run first, open ones among them', async () => {
    await closed(runOf(1));
    await claimed(runOf(2));
    await closed(runOf(3));
    const { runs, next } = await ledger.list();
    expect(runs.map(({ run, state }) => [run, state])).toEqual([
      [runOf(3), 'success'],
      [runOf(2), 'running'],
      [runOf(1), 'success'],
    ]);
    expect(next).toBeUndefined();
  });

  it('goes through all runs page by page, each once', async () => {
    const days = Array.from({ length: 45 }, (_, at) => at + 1);
    for (const day of days) await (day % 7 === 0 ? claimed(runOf(day)) : closed(runOf(day)));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await ledger.list({ limit: 10, ...(after === undefined ? {} : { after }) });
      seen.push(...page.runs.map(({ run }) => run));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(days.map((day) => runOf(day)).toReversed());
  });

  it('filters by pipeline and by state', async () => {
    await closed(runOf(1), { state: 'failed', tasks: [taskRecord('silver', { state: 'failed' })] });
    await closed(runOf(2));
    await closed(runOf(3, 'scoring'), { state: 'failed' });
    await claimed(runOf(4));
    const failed = await ledger.list({ pipeline: 'readmission', state: 'failed' });
    expect(failed.runs).toMatchObject([{ run: runOf(1), failed: ['silver'] }]);
    expect((await ledger.list({ state: 'running' })).runs.map(({ run }) => run)).toEqual([runOf(4)]);
  });

  it('filters by key, tag, params, fire time, and the time of the start', async () => {
    const heavy = { project: 'north', note: 'x'.repeat(5000) };
    await closed(runOf(1), { params: { project: 'north', limit: 3 }, tags: ['nightly'] });
    await closed(runOf(2), { params: heavy });
    const between = new Date().toISOString();
    await closed(runOf(3), { params: { project: 'south' } });
    await claimed('readmission.east-2026-01-04T00:00:00Z');
    const days = async (filter: RunFilter): Promise<number[]> =>
      (await ledger.list(filter)).runs.map(({ run }) => Number(/-(\d\d)T/.exec(run)?.[1]));
    expect(await days({ key: 'east' })).toEqual([4]);
    expect(await days({ tag: 'nightly' })).toEqual([1]);
    expect(await days({ params: { project: 'north' } })).toEqual([2, 1]);
    expect(await days({ params: { project: 'north', limit: '3' } })).toEqual([1]);
    expect(await days({ fired: { start: '2026-01-01T00:00:00Z', end: '2026-01-03T00:00:00Z' } })).toEqual([
      3, 2,
    ]);
    expect(await days({ since: between })).toEqual([4, 3]);
    expect(await days({ until: between })).toEqual([2, 1]);
    expect(await days({ since: between, until: between })).toEqual([]);
  });

  it('looks through a bounded number of runs at a time, and says where to go on', async () => {
    const summary = JSON.stringify({
      run: runOf(1),
      attempt: 1,
      state: 'success',
      failed: [],
      claimedAt: '',
    });
    for (let at = 0; at < 2100; at += 1) {
      await store.put(`ledger/closed/${String(8.5e12 + at)}-${runOf(1)}.1.json`, summary);
    }
    await closed(runOf(2), { state: 'failed' });
    const old = sortKey(runOf(3), 1, '2001-01-01T00:00:00Z');
    await store.put(`ledger/closed/${old}.json`, JSON.stringify({ ...JSON.parse(summary), state: 'failed' }));
    const first = await ledger.list({ state: 'failed', limit: 5 });
    expect(first.runs).toMatchObject([{ run: runOf(2) }]);
    const rest = await ledger.list({ state: 'failed', limit: 5, ...(first.next && { after: first.next }) });
    expect(rest.runs).toHaveLength(1);
    expect(rest.next).toBeUndefined();
  });

  it('shows a run once while its last act is under way', async () => {
    const run = runOf(1);
    await closed(run);
    // As if the worker had died before it took the marker away.
    await store.put(
      `ledger/open/${run}.1.json`,
      JSON.stringify({ holder: {}, claimedAt: '2020-01-01T00:00:00Z' }),
    );
    expect((await ledger.list()).runs).toMatchObject([{ run, state: 'success' }]);
  });
});

describe('record', () => {
  it('is that of the newest attempt, or of the one asked for', async () => {
    const run = runOf(1);
    await closed(run, { state: 'failed' });
    for (let attempt = 2; attempt <= 11; attempt += 1) {
      await claim(store, run, attempt, { holder: { workflowId: run, firstRunId: String(attempt) } });
      await writeRecord(store, runRecord({ run, attempt }));
    }
    expect((await ledger.record(run))?.attempt).toBe(11);
    expect((await ledger.record(run, 1))?.state).toBe('failed');
    expect(await ledger.attempts(run)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('is absent for an open run, for an unknown one, and for what is no ID at all', async () => {
    await claimed(runOf(1));
    expect(await ledger.record(runOf(1))).toBeUndefined();
    expect(await ledger.record(runOf(2))).toBeUndefined();
    expect(await ledger.attempts('../../etc')).toEqual([]);
  });

  it('keeps runs with awkward keys apart', async () => {
    const runs = ['a/b', 'a', 'a.b', '..', 'ä ö'].map((key) => `readmission.${key}-2026-01-01T00:00:00Z`);
    for (const run of runs) await closed(run, { pipeline: 'readmission' });
    for (const run of runs) expect((await ledger.record(run))?.run).toBe(run);
    expect((await ledger.list()).runs.map(({ run }) => run).toSorted()).toEqual(runs.toSorted());
  });
});

describe('memo', () => {
  it('hands out small results and says where the heavy ones stand', async () => {
    const tasks = [taskRecord('small', { result: 1 }), taskRecord('large', { result: 'x'.repeat(2000) })];
    const part = await saveMemo(store, { run: runOf(1), attempt: 1, part: 'p', tasks });
    const [small, large] = await loadMemo(store, part);
    expect(small?.result).toBe(1);
    expect(large).not.toHaveProperty('result');
    expect(large?.stored && (await ledger.result(large.stored))).toBe('x'.repeat(2000));
  });

  it('follows a result through the objects that it was carried over in', async () => {
    const run = runOf(1);
    const first = await saveMemo(store, {
      run,
      attempt: 1,
      part: 'p',
      tasks: [taskRecord('a', { result: { rows: 7 } })],
    });
    const tasks = [taskRecord('a', { stored: { object: first.object, at: 0 } })];
    const second = await saveMemo(store, { run, attempt: 2, part: 'p', tasks });
    expect(await ledger.result({ object: second.object, at: 0 })).toEqual({ rows: 7 });
  });
});
