/** Schedules as people handle them, on a real server: applied twice, fired, triggered, paused, caught up on. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { ScheduleDeclaration } from '../../workflows/domain/calendar/schedule.ts';
import type { RunRecord } from '../../workflows/domain/run-record.ts';
import { diamond, strict, tidy } from '../../workflows/engine/testing/pipelines.ts';
import { limited } from '../../workflows/engine/testing/pool-pipelines.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { createProbe } from '../../workflows/engine/testing/probe.ts';
import { Refusal } from '../refusal.ts';
import { applySchedules } from './apply.ts';
import { listSchedules, type ListedSchedule } from './list.ts';
import { pauseSchedule } from './pause.ts';
import { planSchedules } from './plan.ts';
import { resumeSchedule } from './resume.ts';
import type { ScheduleServices } from './services.ts';
import { intactForm } from './server-form.ts';
import { triggerSchedule } from './trigger.ts';

const { SchedulePatch } = temporal.api.schedule.v1;

let kit: Kit;
const probe = createProbe();

beforeAll(async () => {
  kit = await startKit({ pipelines: [diamond, strict, tidy], activities: probe.activities });
});

afterAll(async () => {
  await applySchedules(services([]));
  await kit.stop();
});

const DAY = 86_400_000;
const midnight = Math.floor(Date.now() / DAY) * DAY;
const day = (ago: number): string => `${new Date(midnight - ago * DAY).toISOString().slice(0, 19)}Z`;

function services(schedules: readonly ScheduleDeclaration[]): ScheduleServices {
  const pipelines = new Map(
    [diamond, limited, strict, tidy].map(({ definition }) => [definition.name, definition]),
  );
  const { ledger, client, taskQueue } = kit;
  return { ledger, pipelines, client: async () => client, taskQueue, schedules };
}

/** Names and keys are the test's own, for all tests share the server. */
function nightly(name: string, rest: Partial<ScheduleDeclaration> = {}): ScheduleDeclaration {
  return {
    name: `${name}-${kit.taskQueue}`,
    pipeline: 'diamond',
    key: name,
    timetable: { cron: '@daily' },
    ...rest,
  };
}

async function changes(schedules: readonly ScheduleDeclaration[]): Promise<[string, string][]> {
  return (await applySchedules(services(schedules))).map(({ name, change }) => [name, change]);
}

async function recorded(run: string): Promise<RunRecord> {
  for (;;) {
    const record = await kit.ledger.record(run);
    if (record !== undefined) return record;
    await sleep(50);
  }
}

async function listed(schedule: ScheduleDeclaration): Promise<ListedSchedule> {
  const found = (await listSchedules(services([schedule]))).find(({ name }) => name === schedule.name);
  if (found === undefined) throw new Error(`${schedule.name} is not listed`);
  return found;
}

/** The list that `apply` removes by may lag behind. */
function remove({ name }: ScheduleDeclaration): Promise<void> {
  return kit.client.schedule.getHandle(name).delete();
}

/** What came of another workflow of the run's ID. */
async function duplicateOf(run: string, first: string): Promise<unknown> {
  for (;;) {
    const handle = kit.client.workflow.getHandle(run);
    const { runId } = await handle.describe();
    if (runId !== first) return handle.result();
    await sleep(50);
  }
}

async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error;
  throw new Error('expected a refusal', { cause: error });
}

describe('apply', () => {
  it('makes what is declared, and nothing when it is repeated', async () => {
    const schedule = nightly('twice', {
      timetable: { cron: '0 6 1 * mon', timezone: 'Europe/Berlin', except: ['2026-12-25'] },
      params: { word: 'twice' },
      start: '2026-01-01T00:00:00Z',
      end: '2030-01-01T00:00:00Z',
      jitter: '90s',
      catchup: { within: '6h' },
    });
    const plain = nightly('plain', { timetable: { every: '8h' }, catchup: 'all', paused: true });
    expect((await planSchedules(services([schedule, plain]))).map(({ change }) => change)).toEqual([
      'create',
      'create',
    ]);
    await changes([schedule, plain]);
    expect(await changes([schedule, plain])).toEqual([
      [schedule.name, 'none'],
      [plain.name, 'none'],
    ]);
  });

  it('has all runs started of a pipeline that queues those beyond its number itself', async () => {
    const [planned] = await planSchedules(services([nightly('limited', { pipeline: 'limited' })]));
    expect(planned?.form?.overlap).toBe('ALLOW_ALL');
    const own = nightly('limited', { pipeline: 'limited', overlap: 'skip' });
    expect((await planSchedules(services([own])))[0]?.form?.overlap).toBe('SKIP');
  });

  it('names what has changed, and leaves a pause as an operator has set it', async () => {
    const before = nightly('changed', { paused: true });
    await changes([before]);
    const after = { ...before, paused: false, timetable: { cron: '@weekly' }, overlap: 'skip' } as const;
    const [planned] = await planSchedules(services([after]));
    expect(planned?.change).toBe('update');
    expect(planned?.differences.map(({ field }) => field)).toEqual([
      'input',
      'calendars',
      'catchupWindow',
      'overlap',
    ]);
    await changes([after]);
    expect(await listed(after)).toMatchObject({ paused: true, timetable: { cron: '@weekly' } });
    expect(await changes([after])).toEqual([[after.name, 'none']]);
  });

  it('puts right what was altered on the server', async () => {
    const schedule = nightly('altered', { paused: true });
    await changes([schedule]);
    await kit.client.schedule.getHandle(schedule.name).update((previous) => ({
      ...previous,
      policies: { ...previous.policies, overlap: 'ALLOW_ALL' },
      action: { ...previous.action, args: [] },
    }));
    expect((await refusal(listSchedules(services([schedule])))).type).toBe('ScheduleAltered');
    expect(await changes([schedule])).toEqual([[schedule.name, 'update']]);
    expect(await changes([schedule])).toEqual([[schedule.name, 'none']]);
  });

  it('removes what is no longer declared, and only what it made itself', async () => {
    const [ours, foreign] = [nightly('ours', { paused: true }), nightly('foreign', { paused: true })];
    const theirs = await kit.client.schedule.create({
      scheduleId: foreign.name,
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'diamond', taskQueue: kit.taskQueue },
    });
    await changes([ours]);
    await vi.waitFor(async () => expect((await listSchedules(services([]))).length).toBeGreaterThan(0));
    expect((await refusal(applySchedules(services([foreign])))).type).toBe('ScheduleTaken');
    expect(await changes([])).toContainEqual([ours.name, 'remove']);
    expect(await listSchedules(services([]))).toEqual([]);
    expect((await theirs.describe()).scheduleId).toBe(foreign.name);
    await theirs.delete();
  });

  it('refuses before it changes anything, naming every fault', async () => {
    const wrong = [
      nightly('good', { paused: true }),
      nightly('cron', { timetable: { cron: '61 * * * *' } }),
      nightly('unknown', { pipeline: 'daimond' }),
      nightly('params', { pipeline: 'strict', params: { day: 'today', limit: 1 } }),
      nightly('clash', { key: 'good' }),
    ];
    const { type, message } = await refusal(applySchedules(services(wrong)));
    expect(type).toBe('InvalidSchedules');
    expect(message).toMatch(
      /minute '61'.*no pipeline is named daimond.*params\.day.*starts runs of diamond\.good/,
    );
    expect(await listSchedules(services([]))).toEqual([]);
  });
});

describe('a schedule that fires', () => {
  it('starts the runs of two projects in the same second, each for the interval before', async () => {
    const every = { every: '2s' } as const;
    const both = ['north', 'south'].map((name) => nightly(name, { timetable: every, overlap: 'parallel' }));
    await applySchedules(services(both));
    const north = await newestRun('north');
    const south = north.run.replace('diamond.north', 'diamond.south');
    await Promise.all(both.map(remove));
    for (const { run, key, interval, startedBy } of [north, await recorded(south)]) {
      const end = run.slice(-20);
      expect(interval.end).toBe(end);
      expect(Date.parse(end) - Date.parse(interval.start)).toBe(2000);
      expect(startedBy).toBe(`schedule ${key}-${kit.taskQueue}`);
    }
  });

  async function newestRun(key: string): Promise<RunRecord> {
    for (;;) {
      const { runs } = await kit.ledger.list({ pipeline: 'diamond' });
      const run = runs.find(({ run, state }) => run.startsWith(`diamond.${key}-`) && state !== 'running');
      if (run !== undefined) return recorded(run.run);
      await sleep(100);
    }
  }
});

describe('a trigger', () => {
  const monthly = (name = 'monthly'): ScheduleDeclaration =>
    nightly(name, { timetable: { cron: '@monthly', timezone: 'Asia/Tokyo' }, paused: true });

  it('runs at once for the last complete interval, as often as it is asked in one second', async () => {
    await applySchedules(services([monthly()]));
    const started = await Promise.all(
      [1, 2, 3].map(() => triggerSchedule(services([]), monthly().name, 'cli')),
    );
    expect(new Set(started.map(({ run }) => run)).size).toBe(3);
    for (const { run } of started) {
      const { state, interval, startedBy } = await recorded(run);
      expect({ state, startedBy }).toEqual({ state: 'success', startedBy: 'cli' });
      expect(interval).toEqual((await recorded(started[0]?.run ?? '')).interval);
      expect(interval.end).toMatch(/-\d\dT15:00:00Z$/);
      expect(Date.parse(interval.end)).toBeLessThan(Date.now());
    }
  });

  it('of Temporal’s own gives the same interval, and says that it was no nominal time', async () => {
    const schedule = monthly('raw');
    await applySchedules(services([schedule]));
    await kit.client.schedule.getHandle(schedule.name).trigger();
    const { run } = await startedOf(schedule);
    const record = await recorded(run);
    expect(record.startedBy).toBe(`manual, of schedule ${schedule.name}`);
    expect(record.interval.end).toMatch(/T15:00:00Z$/);
    expect(record.run).not.toContain(record.interval.end);
  });

  async function startedOf({ name }: ScheduleDeclaration): Promise<{ run: string }> {
    for (;;) {
      const { info } = await kit.client.schedule.getHandle(name).describe();
      const last = info.recentActions.at(-1);
      if (last !== undefined) return { run: last.action.workflow.workflowId };
      await sleep(50);
    }
  }
});

describe('intervals that were missed', () => {
  it('run when a schedule with catchup is resumed, one after the other, and once', async () => {
    const schedule = nightly('behind', { start: day(4), catchup: 'all', paused: true });
    await applySchedules(services([schedule]));
    const { missed, next } = await listed(schedule);
    expect(missed.map(({ state, interval }) => [state, interval.start, interval.end])).toEqual([
      ['due', day(1), day(0)],
      ['due', day(2), day(1)],
      ['due', day(3), day(2)],
      ['due', day(4), day(3)],
    ]);
    expect(next[0]).toBe(day(-1));
    const { caughtUp } = await resumeSchedule(services([]), schedule.name);
    expect(caughtUp).toEqual(missed.map(({ run }) => run).toReversed());
    const records = await Promise.all(caughtUp.map(recorded));
    expect(records.map(({ interval }) => interval)).toEqual(
      missed.map(({ interval }) => interval).toReversed(),
    );
    for (const [at, { startedAt }] of records.entries()) {
      expect(at === 0 || startedAt >= (records[at - 1]?.endedAt ?? '')).toBe(true);
    }
    expect((await listed(schedule)).missed).toEqual([]);
    expect((await resumeSchedule(services([]), schedule.name)).caughtUp).toEqual([]);
  });

  it('run at once when a schedule with catchup is made', async () => {
    const schedule = nightly('late', { start: day(2), catchup: { within: '10d' } });
    await applySchedules(services([schedule]));
    expect((await recorded(`diamond.late-${day(0)}`)).interval).toEqual({ start: day(1), end: day(0) });
    expect((await recorded(`diamond.late-${day(1)}`)).interval).toEqual({ start: day(2), end: day(1) });
  });

  it('are told to be queued while they wait for the run before', async () => {
    const long = nightly('long', { pipeline: 'tidy', start: day(3), catchup: 'all' });
    await applySchedules(services([long]));
    const waiting = async (): Promise<string[]> => (await listed(long)).missed.map(({ state }) => state);
    await vi.waitFor(async () => expect(await waiting()).toEqual(['queued', 'queued']), { timeout: 20_000 });
    expect((await listed(long)).running).toEqual([`tidy.long-${day(2)}`]);
    await remove(long);
    await kit.client.workflow.getHandle(`tidy.long-${day(2)}`).cancel();
    expect((await recorded(`tidy.long-${day(2)}`)).state).toBe('cancelled');
  });

  it('are listed as skipped where they lie outside the catch-up window', async () => {
    const schedule = nightly('window', { start: day(4), catchup: { within: '36h' }, paused: true });
    await applySchedules(services([schedule]));
    const states = (await listed(schedule)).missed.map(({ state }) => state);
    // The last midnight is less than 24 hours ago, the one before that between 24 and 48.
    expect(states.at(0)).toBe('due');
    expect(states.slice(2)).toEqual(['skipped', 'skipped']);
  });

  it('are but the last one skipped without catchup, and are told of', async () => {
    const schedule = nightly('without', { paused: true });
    await applySchedules(services([schedule]));
    // As if it had been made three days ago and paused at once.
    await kit.client.schedule.getHandle(schedule.name).update((previous) => {
      const { schedule: own, ...input } = intactForm(previous).input;
      return {
        ...previous,
        action: { ...previous.action, args: [{ ...input, schedule: { ...own, since: day(3) } }] },
      };
    });
    expect((await listed(schedule)).missed.map(({ state }) => state)).toEqual(['due', 'skipped', 'skipped']);
    const { caughtUp } = await resumeSchedule(services([]), schedule.name);
    expect(caughtUp).toEqual([`diamond.without-${day(0)}`]);
    await recorded(`diamond.without-${day(0)}`);
    expect((await listed(schedule)).missed.map(({ run }) => run.slice(-20))).toEqual([day(1), day(2)]);
  });

  it('during a pause run when it is over', async () => {
    const schedule = nightly('paused', { timetable: { every: '1s' }, overlap: 'parallel' });
    await applySchedules(services([schedule]));
    await pauseSchedule(services([]), schedule.name, 'the source is down');
    expect(await listed(schedule)).toMatchObject({ paused: true, note: 'the source is down' });
    while ((await listed(schedule)).missed.length < 2) await sleep(200);
    const { caughtUp } = await resumeSchedule(services([]), schedule.name);
    expect(caughtUp.length).toBeGreaterThanOrEqual(2);
    const records = await Promise.all(caughtUp.map(recorded));
    await remove(schedule);
    expect(records.map(({ state }) => state)).toEqual(caughtUp.map(() => 'success'));
  });
});

describe('Temporal’s own backfill', () => {
  it('over runs that have ended starts duplicates, which end at once and change nothing', async () => {
    const schedule = nightly('again', { start: day(1), catchup: 'all' });
    await applySchedules(services([schedule]));
    const run = `diamond.again-${day(0)}`;
    const first = await recorded(run);
    // The workflow closes a moment after its record is written; over an open one nothing is started.
    await kit.client.workflow.getHandle(run).result();
    const handle = kit.client.schedule.getHandle(schedule.name);
    await handle.backfill({
      start: new Date(midnight - 1000),
      end: new Date(midnight + 1000),
      overlap: 'ALLOW_ALL',
    });
    const again = await duplicateOf(run, first.workflowRunId);
    expect(again).toMatchObject({ duplicateOf: { run, attempt: 1 } });
    expect(await kit.ledger.attempts(run)).toEqual([1]);
    expect(await kit.ledger.record(run)).toEqual(first);
  });
});

describe('Temporal’s own trigger', () => {
  const schedule = (): ScheduleDeclaration =>
    nightly('triggered', { start: day(1), catchup: 'all', params: { word: 'triggered' } });
  const run = `diamond.triggered-${day(0)}`;
  let first: RunRecord;

  beforeAll(async () => {
    await applySchedules(services([schedule()]));
    first = await recorded(run);
    await kit.client.workflow.getHandle(run).result();
  });

  it('over a run that has ended starts another for its interval, and leaves that one as it was', async () => {
    expect(first).toMatchObject({ state: 'success', startedBy: `schedule ${schedule().name}` });
    await kit.client.schedule.getHandle(schedule().name).trigger();
    await vi.waitFor(async () => expect(await runsOfKey()).toHaveLength(2), { timeout: 20_000 });
    const [other = ''] = (await runsOfKey()).filter((one) => one !== run);
    const second = await recorded(other);
    expect(second).toMatchObject({
      state: 'success',
      attempt: 1,
      startedBy: `manual, of schedule ${schedule().name}`,
      interval: { start: day(1), end: day(0) },
    });
    // It is named by the second at which it was triggered, not by its interval.
    expect(Date.parse(other.slice(-20))).toBeGreaterThan(midnight);
    expect((await listed(schedule())).missed).toEqual([]);
    await isUntouched();
    // Each of the two has done its tasks once.
    expect(probe.calls('"triggered"')).toBe(2);
  });

  it('at the fire time of a run that has ended starts a duplicate, which ends at once and does nothing', async () => {
    const [before, calls] = [await runsOfKey(), probe.calls('"triggered"')];
    await triggerAt(midnight);
    const again = await duplicateOf(run, first.workflowRunId);
    expect(again).toMatchObject({ duplicateOf: { run, attempt: 1 } });
    await isUntouched();
    expect(await runsOfKey()).toEqual(before);
    expect(probe.calls('"triggered"')).toBe(calls);
  });

  async function isUntouched(): Promise<void> {
    expect(await kit.ledger.record(run)).toEqual(first);
    expect(await kit.ledger.attempts(run)).toEqual([1]);
  }

  async function runsOfKey(): Promise<string[]> {
    const { runs } = await kit.ledger.list({ pipeline: 'diamond' });
    return runs.flatMap((one) => (one.run.startsWith('diamond.triggered-') ? [one.run] : []));
  }

  /** As a trigger in the very second of the fire time would: the SDK's handle takes no time, the server does. */
  async function triggerAt(ms: number): Promise<void> {
    const { workflowService, options } = kit.client.schedule;
    const patch = { triggerImmediately: { scheduledTime: { seconds: ms / 1000 } } };
    await workflowService.patchSchedule({
      namespace: options.namespace,
      scheduleId: schedule().name,
      requestId: randomUUID(),
      patch: SchedulePatch.fromObject(patch),
    });
  }
});

describe('a schedule that is not there', () => {
  it('is refused by its name, with what to do', async () => {
    const unknown = services([nightly('declared')]);
    expect(await refusal(triggerSchedule(unknown, 'nobody', 'cli'))).toMatchObject({
      type: 'UnknownSchedule',
      next: 'assay schedules list',
    });
    expect(await refusal(resumeSchedule(unknown, nightly('declared').name))).toMatchObject({
      type: 'NotApplied',
      next: 'assay schedules apply',
    });
  });
});
