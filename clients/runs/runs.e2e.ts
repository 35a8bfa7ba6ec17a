/** Runs as people handle them, on a real server: started, shown, repeated, stopped, cut off and swept. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attempt } from '../../activities/attempt.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { Refusal } from '../refusal.ts';
import { cancelRun } from './cancel.ts';
import { runLogs } from './logs.ts';
import { rerunRun } from './rerun.ts';
import { taskResult } from './result.ts';
import { showRun } from './show.ts';
import { ensureSweeper } from '../../workers/sweeper.ts';
import { openRelayHouse } from './testing/relay-house.ts';
import type { RelayHouse, Step } from './testing/relay-house.ts';
import { triggerRun } from './trigger.ts';
import { watchRun } from './watch.ts';

let house: RelayHouse;
let scenarios = 0;

beforeAll(async () => {
  house = await openRelayHouse();
});

afterAll(async () => {
  await house.close();
});

/** Starts a run whose steps are `step`. */
async function start(step: Step): Promise<{ run: string; scenario: string }> {
  scenarios += 1;
  const scenario = `scenario-${scenarios}`;
  house.steps.set(scenario, step);
  const { run } = await triggerRun(house.services, 'relay', { params: { scenario }, key: scenario });
  return { run, scenario };
}

async function ended(run: string): Promise<RunRecord> {
  let last: RunRecord | undefined;
  for await (const { record } of watchRun(house.services, run, { every: 50 })) last = record;
  if (last === undefined) throw new Error(`nothing was seen of ${run}`);
  return last;
}

async function recorded(run: string, number: number): Promise<RunRecord> {
  for (;;) {
    const record = await house.services.ledger.record(run, number);
    if (record !== undefined) return record;
    await sleep(50);
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await happened())) await sleep(20);
}

async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error;
  throw new Error('expected a refusal', { cause: error });
}

async function openRuns(): Promise<string[]> {
  return (await house.services.ledger.open()).map(({ run }) => run);
}

/** Leaves in the ledger what `record`'s run would have left there in 2020. */
async function forgottenRun(record: RunRecord, key: string): Promise<string> {
  const fireTime = '2020-01-01T00:00:00Z';
  const run = `relay.${key}-${fireTime}`;
  const holder = { workflowId: run, firstRunId: randomUUID() };
  const { params } = record;
  await house.ledger.begin({ pipeline: 'relay', key, fireTime, mayBump: false, attempt: 1, params, holder });
  await house.ledger.close({ record: { ...record, run, workflowId: run, workflowRunId: holder.firstRunId } });
  return run;
}

function states({ tasks }: RunRecord): Record<string, string> {
  return Object.fromEntries(tasks.map(({ name, state }) => [name, state]));
}

/** Holds `task` open until it is released or cancelled. */
function holding(task: string): { step: Step; held: () => boolean; release: () => void } {
  let isHeld = false;
  let isReleased = false;
  return {
    held: () => isHeld,
    release: () => void (isReleased = true),
    async step(input) {
      if (input.task !== task) return input.task;
      isHeld = true;
      const { signal } = attempt();
      while (!isReleased && !signal.aborted) await sleep(10);
      signal.throwIfAborted();
      return input.task;
    },
  };
}

describe('a run that succeeds', () => {
  it('leaves a record with true times, tries and results', async () => {
    const { run } = await start(({ task }) => `${task} is done`);
    const record = await ended(run);
    expect(record).toMatchObject({ run, state: 'success', attempt: 1, params: { rows: 10 } });
    expect(states(record)).toEqual({ bronze: 'success', silver: 'success', gold: 'success' });
    for (const { queuedAt = '', startedAt = '', endedAt = '', tries } of record.tasks) {
      expect(tries).toBe(1);
      expect([queuedAt, startedAt, endedAt].toSorted()).toEqual([queuedAt, startedAt, endedAt]);
      expect(queuedAt).not.toBe('');
    }
    expect(await taskResult(house.services, record, 'gold')).toMatchObject({ result: 'gold is done' });
    const { runs } = await house.services.ledger.list();
    expect(runs).toContainEqual(expect.objectContaining({ run, state: 'success', failed: [] }));
    expect(await openRuns()).not.toContain(run);
  });

  it('is closed again to the same bytes, also after a kill between the record and the views of it', async () => {
    const { run } = await start(({ task }) => task);
    const record = await ended(run);
    const everything = async (): Promise<string[]> => {
      const objects: string[] = [];
      for await (const { key } of house.store.list('')) {
        if (key.includes(run)) objects.push(`${key} ${Buffer.from(await house.store.get(key)).toString()}`);
      }
      return objects;
    };
    const before = await everything();
    await house.store.delete(
      before.map((object) => object.split(' ')[0] ?? '').filter((key) => key.startsWith('ledger/')),
    );
    await house.store.put(`ledger/open/${run}.1.json`, '{}');
    await house.ledger.close({ record });
    expect(await everything()).toEqual(before);
  });

  it('can be started for an interval once; the refusal names the command to run it again', async () => {
    const interval = { start: '2026-01-01', end: '2026-02-01' };
    const options = { params: { scenario: 'none' }, interval };
    const { run } = await triggerRun(house.services, 'relay', options);
    expect(run).toBe('relay-2026-02-01T00:00:00Z');
    expect((await ended(run)).interval).toEqual({
      start: '2026-01-01T00:00:00Z',
      end: '2026-02-01T00:00:00Z',
    });
    const again = await refusal(triggerRun(house.services, 'relay', options));
    expect(again).toMatchObject({ type: 'RunExists', next: `assay runs rerun ${run} --from <task>` });
  });

  it('gets a second of its own when it is started by hand, however many there are', async () => {
    const options = { params: { scenario: 'none' }, key: 'burst' };
    const starts = Array.from({ length: 5 }, () => triggerRun(house.services, 'relay', options));
    const runs = (await Promise.all(starts)).map(({ run }) => run);
    expect(new Set(runs).size).toBe(5);
    for (const run of runs) expect((await ended(run)).state).toBe('success');
  });
});

describe('a run that went on in new histories', () => {
  it('has the true times of all its tasks, from all its histories', async () => {
    const { run } = await triggerRun(house.services, 'marathon', { params: { scenario: 'none' } });
    const record = await ended(run);
    const starts: string[] = [];
    let histories = 0;
    for (let runId: string | null | undefined = record.workflowRunId; runId; histories += 1) {
      const { events } = await house.client.workflow.getHandle(run, runId).fetchHistory();
      runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      const scheduled = events?.filter((event) =>
        event.activityTaskScheduledEventAttributes?.activityId?.startsWith('lap'),
      );
      for (const event of scheduled ?? []) {
        const own = events?.find(
          (other) =>
            String(other.activityTaskStartedEventAttributes?.scheduledEventId) === String(event.eventId),
        );
        starts.push(
          new Date(
            Number(own?.eventTime?.seconds) * 1000 + Math.floor((own?.eventTime?.nanos ?? 0) / 1e6),
          ).toISOString(),
        );
      }
    }
    expect(histories).toBeGreaterThan(1);
    expect(record.tasks.map(({ startedAt }) => startedAt)).toEqual(starts);
    expect(starts).toHaveLength(9);
  });
});

describe('wrong params', () => {
  it('are refused before anything is started', async () => {
    const params = { scenario: 1, row: 3 };
    const wrong = await refusal(triggerRun(house.services, 'relay', { params, key: 'wrong' }));
    expect(wrong.type).toBe('InvalidParams');
    expect(wrong.message).toContain('scenario: expected string; given: 1');
    expect(wrong.message).toContain('row: ');
    const { runs } = await house.services.ledger.list();
    expect(runs.filter(({ run }) => run.includes('wrong'))).toEqual([]);
  });

  it('fail a raw start at once, each field named, under whatever workflow ID', async () => {
    const handle = await house.client.workflow.start('relay', {
      workflowId: `raw-${Date.now()}`,
      taskQueue: house.services.taskQueue,
      args: [{ params: { rows: 0 } }],
    });
    const error = await handle.result().catch((reason: unknown) => reason);
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: 'InvalidParams' });
    expect(String(cause)).toMatch(/scenario: .*\n.*rows: /);
  });
});

describe('a run that fails', () => {
  const failing: Step = ({ task, try: number }) => {
    if (task !== 'silver') return task;
    attempt().log('about to fail', { number });
    throw ApplicationFailure.nonRetryable(`age is null (${number})`, 'ContractFailed');
  };

  it('shows which task failed, why, and what it held up', async () => {
    const { run } = await start(failing);
    const record = await ended(run);
    expect(record.state).toBe('failed');
    expect(states(record)).toEqual({ bronze: 'success', silver: 'failed', gold: 'upstream_failed' });
    const silver = record.tasks.find(({ name }) => name === 'silver');
    expect(silver?.error).toMatchObject({ type: 'ContractFailed', message: 'age is null (1)' });
    expect((await house.services.ledger.list({ state: 'failed' })).runs[0]?.failed).toEqual(['silver']);
  });

  it('has a log of each try', async () => {
    const { run } = await start(({ task, try: number }) => {
      if (task === 'silver' && number === 1) throw ApplicationFailure.nonRetryable('flaky', 'Flaky');
      attempt().log(`${task} went well`);
      return task;
    });
    const record = await ended(run);
    const silver = record.tasks.find(({ name }) => name === 'silver');
    const lines = await collect(runLogs(house.services, run, { task: 'silver' }));
    expect(silver?.tries).toBe(2);
    expect(lines.map((line) => [line.try, line.level, line.message])).toEqual([
      [1, 'error', 'Flaky: flaky'],
      [2, 'info', 'silver went well'],
    ]);
  });

  it('is run again from what failed, keeping the rest', async () => {
    const executed: string[] = [];
    let broken = true;
    const { run } = await start((input) => {
      executed.push(input.key);
      return broken ? failing(input) : input.task;
    });
    await ended(run);
    broken = false;
    executed.length = 0;
    expect(await rerunRun(house.services, run, { onlyFailed: true })).toEqual({ run, attempt: 2 });
    const record = await recorded(run, 2);
    expect(executed).toEqual([`${run}/2/silver`, `${run}/2/gold`]);
    expect(record).toMatchObject({ state: 'success', attempt: 2 });
    expect(record.tasks.map(({ name, fromMemo }) => [name, fromMemo])).toEqual([
      ['bronze', true],
      ['silver', false],
      ['gold', false],
    ]);
    expect((await showRun(house.services, run, 1)).record.state).toBe('failed');
    expect((await showRun(house.services, run)).attempts).toEqual([1, 2]);
  });
});

describe('runs rerun', () => {
  it('works when Temporal knows nothing of the run any more', async () => {
    const executed: string[] = [];
    const { run, scenario } = await start(({ task }) => {
      executed.push(task);
      return task;
    });
    const record = await ended(run);
    // The same run with a name of its own: for Temporal as if it had been deleted, which takes up to 20 s.
    const forgotten = await forgottenRun(record, scenario);
    const handle = house.client.workflow.getHandle(forgotten);
    await expect(handle.describe()).rejects.toThrow(WorkflowNotFoundError);
    executed.length = 0;
    await rerunRun(house.services, forgotten, { from: ['silver'] });
    expect((await recorded(forgotten, 2)).state).toBe('success');
    expect(executed).toEqual(['silver', 'gold']);
  });

  it('refuses tasks that the run does not have, listing those it has', async () => {
    const { run } = await start(({ task }) => task);
    await ended(run);
    const unknown = await refusal(rerunRun(house.services, run, { from: ['sliver', 'gold'] }));
    expect(unknown.type).toBe('UnknownTask');
    expect(unknown.message).toContain('no task sliver; its tasks are bronze, silver, gold');
  });

  it('refuses what has nothing to repeat, and runs that nobody has heard of', async () => {
    const { run } = await start(({ task }) => task);
    await ended(run);
    expect(await refusal(rerunRun(house.services, run, { onlyFailed: true }))).toMatchObject({
      type: 'NothingToRerun',
    });
    const unknown = 'relay.nobody-2020-01-01T00:00:00Z';
    expect(await refusal(rerunRun(house.services, unknown, { onlyFailed: true }))).toMatchObject({
      type: 'UnknownRun',
      next: 'assay runs list --pipeline relay',
    });
  });
});

describe('an open run', () => {
  it('is shown from the workflow itself, with what its workers have', async () => {
    const silver = holding('silver');
    const { run } = await start(silver.step);
    await until(silver.held);
    const { record } = await showRun(house.services, run);
    expect(record.state).toBe('running');
    expect(states(record)).toEqual({ bronze: 'success', silver: 'running', gold: 'scheduled' });
    const { runs } = await house.services.ledger.list({ state: 'running' });
    expect(runs).toContainEqual(expect.objectContaining({ run }));
    expect(await refusal(rerunRun(house.services, run, { onlyFailed: true }))).toMatchObject({
      type: 'RunStillOpen',
      next: `assay runs cancel ${run}`,
    });
    silver.release();
    expect((await ended(run)).state).toBe('success');
  });

  it('has its log followed while it grows', async () => {
    const silver = holding('silver');
    const { run } = await start((input) => {
      attempt().log(`at ${input.task}`);
      return silver.step(input);
    });
    const seen: string[] = [];
    for await (const { message } of runLogs(house.services, run, { follow: true, every: 20 })) {
      seen.push(message);
      if (message === 'at silver') silver.release();
    }
    expect(seen).toEqual(['at bronze', 'at silver', 'at gold']);
  });

  it('can be cancelled, once', async () => {
    const silver = holding('silver');
    const { run } = await start(silver.step);
    await until(silver.held);
    expect(await cancelRun(house.services, run)).toEqual({ run, attempt: 1 });
    expect((await ended(run)).state).toBe('cancelled');
    expect(await refusal(cancelRun(house.services, run))).toMatchObject({ type: 'RunNotOpen' });
  });
});

describe('a run that was cut off', () => {
  async function cutOff(): Promise<string> {
    const silver = holding('silver');
    const { run } = await start(silver.step);
    await until(silver.held);
    await house.client.workflow.getHandle(run).terminate('an operator lost patience');
    silver.release();
    return run;
  }

  it('gets its record from the sweeper', async () => {
    const run = await cutOff();
    const sweeper = house.client.workflow.getHandle('assay-sweeper');
    // One for a namespace: that of another file's workers, who are gone, would be taken for ours and never sweep.
    await sweeper.terminate('its workers are gone').catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
    await ensureSweeper(house.client, house.services.taskQueue, { every: 100 });
    const record = await recorded(run, 1);
    await sweeper.terminate('the test is over');
    expect(record).toMatchObject({ state: 'terminated', error: { type: 'Terminated' } });
    expect(record.error?.message).toContain('an operator lost patience');
    expect(states(record)).toEqual({ bronze: 'success', silver: 'failed', gold: 'scheduled' });
    expect(record.tasks[0]?.startedAt).toBeDefined();
    expect(await openRuns()).not.toContain(run);
  });

  it('can be run again at once: the next attempt settles it', async () => {
    const run = await cutOff();
    await rerunRun(house.services, run, { from: ['silver'] });
    expect((await recorded(run, 2)).tasks.map(({ fromMemo }) => fromMemo)).toEqual([true, false, false]);
    expect((await recorded(run, 1)).state).toBe('terminated');
  });

  it('is told to be lost when its server knows nothing of it', async () => {
    const fireTime = '2020-01-01T00:00:00Z';
    // What stands in the store when a server was replaced in the middle of a run.
    const begun = await house.ledger.begin({
      pipeline: 'relay',
      fireTime,
      mayBump: false,
      attempt: 1,
      params: { scenario: 'lost' },
      holder: { workflowId: `relay-${fireTime}`, firstRunId: randomUUID() },
    });
    const { closed } = await house.ledger.sweep();
    expect(closed).toContain(`${begun.run}/1`);
    const record = await house.services.ledger.record(begun.run);
    expect(record).toMatchObject({ state: 'terminated', error: { type: 'HistoryLost' } });
  });
});
