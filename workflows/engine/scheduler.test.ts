import { describe, expect, test } from 'vitest';
import { held, stage, succeeded, turn } from './testing/stage.ts';

describe('the scheduler', () => {
  test('starts a body only after the function has gone on', async () => {
    const { run, scheduler } = stage();
    const seen: string[] = [];
    run.task('a', () => seen.push('body'));
    seen.push('function');
    await scheduler.settle();
    expect(seen).toEqual(['function', 'body']);
  });

  test('refuses two tasks of one name', () => {
    const { run } = stage();
    run.task('a', () => 1);
    expect(() => run.task('a', () => 2)).toThrow(/DuplicateTask.*two tasks named a/);
    expect(() => run.task('a/b', () => 2)).toThrow(/InvalidTaskName/);
  });

  test('refuses a turn in a pool to what is created by a task that has one in it', async () => {
    const { run, scheduler } = stage();
    run.task('outer', { pool: 'narrow', retries: { attempts: 3 } }, async () => {
      await run.task('between', async () => {
        await run.map('item', { over: [1], pool: { name: 'narrow', slots: 1 } }, () => 'never');
      });
    });
    run.task('beside', { pool: 'narrow' }, async () => run.task('free', { pool: 'wide' }, () => 'there'));
    await scheduler.settle();
    const [outer] = scheduler.records();
    expect(outer).toMatchObject({ state: 'failed', tries: 1 });
    expect(outer?.error?.message).toContain(
      'PoolHeldAround: item[0] takes a turn in pool narrow, and is created by outer, which has one of the same pool',
    );
    expect(scheduler.records().find(({ name }) => name === 'free')).toMatchObject({ result: 'there' });
  });

  test('lets a map depend on its past as a whole, and refuses that inside it and under other rules', async () => {
    const { run, scheduler, states, pass } = stage();
    run.map('each', { over: ['a'], dependsOnPast: true }, () =>
      run.task('inner', { dependsOnPast: true }, () => 'never').outcome(),
    );
    expect(states()).toEqual(['each.past scheduled', 'each scheduled']);
    await pass(0);
    await pass(0);
    expect(states()).toEqual(['each.past success', 'each failed', 'each failed']);
    expect(scheduler.records().at(-1)?.error?.message).toContain(
      "InvalidDependsOnPast: inner can't depend on its past: it is created for each item of each",
    );
    expect(() => run.map('ruled', { over: [1], when: 'all_done', dependsOnPast: true }, () => 1)).toThrow(
      "InvalidDependsOnPast: ruled can't depend on its past under the rule all_done",
    );
  });

  test('waits between tries as declared', async () => {
    const { run, states, pass } = stage();
    let tries = 0;
    run.task('a', { retries: { attempts: 3, delay: '10s', backoff: 2 } }, () => {
      tries += 1;
      throw new Error('no');
    });
    await pass(0);
    expect(states()).toEqual(['a up_for_retry']);
    await pass(9_999);
    expect(tries).toBe(1);
    await pass(1);
    expect(tries).toBe(2);
    await pass(20_000);
    expect(states()).toEqual(['a failed']);
  });

  test('takes from the memo what stands there, fetching heavy results only when somebody needs them', async () => {
    const stored = { object: 'ledger', at: 0 };
    const { run, scheduler } = stage([succeeded('light', { result: 1 }), succeeded('heavy', { stored })]);
    const fails = (): never => {
      throw new Error('done again');
    };
    const light = run.task('light', fails);
    const heavy = run.task('heavy', fails);
    const both = run.task('both', { after: [light, heavy] }, (one, other) => [one, other]);
    expect(await both).toEqual([1, 'from ledger']);
    expect(scheduler.records().map(({ fromMemo }) => fromMemo)).toEqual([true, true, false]);
  });

  test('lets running tasks finish and parks the rest when the history has grown long', async () => {
    const { run, scheduler, states, grow, pass } = stage();
    const work = held();
    const running = run.task('running', () => work.until);
    run.task('next', { after: [running] }, () => 'never here');
    run.task('failing', { retries: { attempts: 2, delay: '1h' } }, () => {
      throw new Error('later');
    });
    await pass(0);
    grow();
    let isParked = false;
    void scheduler.parked.then(() => {
      isParked = true;
    });
    await pass(0);
    expect(isParked).toBe(false);
    work.release('done');
    await scheduler.parked;
    expect(states()).toEqual(['running success', 'next scheduled', 'failing up_for_retry']);
    expect(scheduler.records()[2]).toMatchObject({ tries: 1, retryAt: '2026-01-01T01:00:00.000Z' });
  });

  test('takes a retry up again where the history before left it', async () => {
    const retryAt = '2026-01-01T01:00:00.000Z';
    const { run, scheduler, pass } = stage([succeeded('a', { state: 'up_for_retry', retryAt })]);
    run.task('a', { retries: { attempts: 2 } }, ({ try: tries }) => tries);
    await pass(3_599_999);
    expect(scheduler.records()[0]).toMatchObject({ tries: 1 });
    await pass(1);
    expect(scheduler.records()[0]).toMatchObject({ state: 'success', tries: 2, result: 2 });
  });

  test('starts nothing once cancelled, until the teardown', async () => {
    const { run, scheduler, states, pass } = stage();
    const work = held();
    const running = run.task('running', () => work.until);
    run.task('next', { after: [running], when: 'all_done' }, () => 'never');
    await pass(0);
    scheduler.cancel({ type: 'Cancelled', message: 'the run was cancelled' });
    expect(states()).toEqual(['running running', 'next upstream_failed']);
    work.release('done');
    await scheduler.settle();
    scheduler.enterTeardown();
    run.task('closing', () => 'closed');
    await scheduler.settle();
    expect(states().at(-1)).toBe('closing success');
  });

  test('counts what was awaited as upstream of what is created afterwards, per body', async () => {
    const { run, scheduler } = stage();
    const a = run.task('a', () => 1);
    const mapped = run.map('each', { over: ['x'] }, async () => {
      const inner = run.task('inner', () => 2);
      await inner;
      return await run.task('later', () => 3);
    });
    await a;
    run.task('b', () => 4);
    await mapped;
    await scheduler.settle();
    const after = Object.fromEntries(scheduler.records().map((record) => [record.name, record.after]));
    expect(after).toMatchObject({ b: ['a'], inner: [], later: ['inner'] });
    expect(scheduler.records().find(({ name }) => name === 'later')).toMatchObject({
      index: [0],
      within: 'each[0]',
    });
  });

  test('lets what waits go on while others finish, and then takes it into the new history as one try', async () => {
    const { run, scheduler, states, grow } = stage();
    const { until, release } = held();
    run.signal('go');
    run.task('long', () => until);
    await turn();
    let isParked = false;
    void scheduler.parked.then(() => (isParked = true));
    grow();
    run.task('late', () => 'never here');
    await turn();
    expect(isParked).toBe(false);
    release('done');
    await turn();
    expect(isParked).toBe(true);
    expect(states()).toEqual(['go deferred', 'long success', 'late scheduled']);

    const next = stage(scheduler.records());
    next.run.signal('go');
    await turn();
    expect(next.scheduler.records()[0]).toMatchObject({ name: 'go', state: 'deferred', tries: 1 });
  });
});
