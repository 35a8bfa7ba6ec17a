/** What people decide about failed tasks, open runs and closed ones, and many runs started again at once. */
import { setTimeout as sleep } from 'node:timers/promises';

import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { runGrid } from './grid.ts';
import { rerunMany, runsToRerun } from './rerun-many.ts';
import { rerunRun } from './rerun.ts';
import { markTask, resolveTask } from './resolve.ts';
import { showRun } from './show.ts';
import { openRelayHouse } from './testing/relay-house.ts';
import type { RelayHouse, Step } from './testing/relay-house.ts';
import { triggerRun } from './trigger.ts';

let house: RelayHouse;

beforeAll(async () => {
  house = await openRelayHouse();
});

afterAll(() => house.close());

const broken: Step = ({ task }) => {
  if (task === 'silver') throw ApplicationFailure.nonRetryable('no luck', 'Broken');
  return task;
};

async function start(pipeline: string, scenario: string, step: Step): Promise<string> {
  house.steps.set(scenario, step);
  const { run } = await triggerRun(house.services, pipeline, { params: { scenario }, key: scenario });
  return run;
}

async function watched(run: string, until: (record: RunRecord) => boolean): Promise<RunRecord> {
  for (;;) {
    const { record } = await showRun(house.services, run);
    if (until(record)) return record;
    await sleep(50);
  }
}

const isOver = ({ state }: RunRecord): boolean => state !== 'running';
const isHeld = ({ tasks }: RunRecord): boolean => tasks.some(({ held }) => held !== undefined);

describe('a held task', () => {
  it('is decided about by whoever operates, and the run goes on', async () => {
    const run = await start('heldRelay', 'held', broken);
    await watched(run, isHeld);
    const nonsense = resolveTask(house.services, run, { task: 'gold', action: 'retry', by: 'ann' });
    await expect(nonsense).rejects.toMatchObject({
      type: 'NotResolved',
      message: expect.stringContaining('gold is not held'),
    });
    house.steps.delete('held');
    await resolveTask(house.services, run, { task: 'silver', action: 'retry', by: 'ann', comment: 'again' });
    const { tasks, state } = await watched(run, isOver);
    expect(state).toBe('success');
    expect(tasks[0]).toMatchObject({
      name: 'silver',
      tries: 2,
      resolutions: [{ by: 'ann', comment: 'again' }],
    });
    const late = resolveTask(house.services, run, { task: 'silver', action: 'skip', by: 'ann' });
    await expect(late).rejects.toMatchObject({
      type: 'RunNotOpen',
      next: `assay runs mark ${run} silver --skip`,
    });
  });
});

describe('a closed run', () => {
  it('takes the marked value in its next attempt, and runs what had waited for it', async () => {
    const run = await start('relay', 'marked', broken);
    await watched(run, isOver);
    await markTask(house.services, run, { task: 'silver', action: 'succeed', value: 'by hand', by: 'ann' });
    await rerunRun(house.services, run, { onlyFailed: true });
    const { tasks, attempt } = await watched(run, (record) => record.attempt === 2 && isOver(record));
    expect(attempt).toBe(2);
    expect(tasks).toMatchObject([
      { name: 'bronze', fromMemo: true },
      { name: 'silver', fromMemo: true, result: 'by hand', resolutions: [{ action: 'succeed', by: 'ann' }] },
      { name: 'gold', fromMemo: false, state: 'success' },
    ]);
  });

  it('runs one task again without what comes after it, where only that is asked for', async () => {
    const run = await start('relay', 'only', ({ task }) => task);
    await watched(run, isOver);
    await rerunRun(house.services, run, { from: ['silver'], only: true });
    const { tasks } = await watched(run, (record) => record.attempt === 2 && isOver(record));
    expect(tasks.map(({ name, fromMemo }) => [name, fromMemo])).toEqual([
      ['bronze', true],
      ['silver', false],
      ['gold', true],
    ]);
  });

  it('is refused to workers of a code version that nobody keeps', async () => {
    const run = await start('relay', 'original', broken);
    await watched(run, isOver);
    const rerun = rerunRun(house.services, run, { onlyFailed: true }, { code: 'original' });
    await expect(rerun).rejects.toMatchObject({ type: 'NoSuchWorkers' });
    expect(await house.services.ledger.attempts(run)).toEqual([1]);
  });
});

describe('many runs', () => {
  it('are started again as a filter finds them, each once, and stand beside each other in the grid', async () => {
    const scenarios = ['many-a', 'many-b', 'many-c'];
    const runs = await Promise.all(
      scenarios.map((scenario) =>
        start('relay', scenario, scenario === 'many-c' ? ({ task }) => task : broken),
      ),
    );
    for (const run of runs) await watched(run, isOver);
    for (const scenario of scenarios) house.steps.delete(scenario);
    const rerun = { onlyFailed: true } as const;
    const filter = { pipeline: 'relay', params: { rows: '10' } };
    const found = await runsToRerun(house.services, filter, rerun, 100);
    const ours = found.filter(({ run }) => run.includes('.many-'));
    expect(ours.map(({ run }) => run).toSorted()).toEqual(runs.slice(0, 2).toSorted());
    for await (const { refused } of rerunMany(house.services, ours, rerun)) expect(refused).toBeUndefined();
    for (const run of runs.slice(0, 2))
      await watched(run, (record) => record.attempt === 2 && isOver(record));
    const grid = await runGrid(house.services, 'relay', { key: 'many-a', last: 5 });
    expect(grid).toMatchObject({
      tasks: ['bronze', 'silver', 'gold'],
      runs: [{ run: runs[0], attempt: 2, state: 'success', tasks: { silver: 'success' } }],
    });
  });
});
