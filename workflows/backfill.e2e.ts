/** Backfills on a real server: every interval once, so many at a time, through pauses, cuts and wrong requests. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createBackfillActivities } from '../activities/backfill/activities.ts';
import { createBackfills } from '../activities/backfill/backfills.ts';
import type { Backfills } from '../activities/backfill/contract.ts';
import { createPauses } from '../activities/ledger/pauses.ts';
import { watchRuns } from '../activities/backfill/watch.ts';
import { createBackfill } from '../clients/backfill/create.ts';
import { sayToBackfill } from '../clients/backfill/say.ts';
import type { BackfillServices } from '../clients/backfill/services.ts';
import { listBackfills, showBackfill, type ShownBackfill } from '../clients/backfill/show.ts';
import { startRun } from '../clients/runs/start.ts';
import type { BackfillRequest } from './domain/backfill/plan.ts';
import { startKit, type Kit, type KitParts, type TestActivities } from './engine/testing/kit.ts';
import { diamond, strict } from './engine/testing/pipelines.ts';

const pipelines = new Map([diamond, strict].map(({ definition }) => [definition.name, definition]));
const HOURLY = { every: '1h' } as const;

let kit: Kit;
let services: BackfillServices;
let backfills: Backfills;
/** What steps of runs do, by the word in their params. */
const steps = new Map<string, () => Promise<void>>();
const gates: (() => void)[] = [];
/** What happens between a start and its report. */
let unreported: ((run: string) => Promise<void>) | undefined;

beforeAll(async () => {
  kit = await startKit({
    pipelines: [diamond, strict],
    activities: (parts) => ({ 'probe.echo': echo, ...backfillActivities(parts) }),
  });
  backfills = createBackfills({ ...kit, pipelines, schedules: [] });
  const { ledger, taskQueue } = kit;
  services = { ledger, backfills, pipelines, client: async () => kit.client, taskQueue };
});

afterAll(async () => {
  // A worker stops when its activities have.
  for (const open of gates) open();
  await kit.stop();
});

async function echo(value: unknown): Promise<unknown> {
  await steps.get(String(value))?.();
  return value;
}

function backfillActivities({ client, store, ledger, taskQueue }: KitParts): TestActivities {
  const starting = { client: async () => client, taskQueue };
  const activities = createBackfillActivities({
    store,
    ledger,
    client,
    pipelines,
    schedules: [],
    startRun: async (start) => {
      const isStarted = await startRun(starting, start);
      await unreported?.(start.run);
      return isStarted;
    },
    askEvery: 300,
  });
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [`backfill.${name}`, activity]),
  );
}

/** Hours from the beginning of 2026, of a key of its own. */
function request(hours: number, more: Partial<BackfillRequest> = {}): BackfillRequest & { key: string } {
  return {
    pipeline: 'diamond',
    key: `k${randomUUID().slice(0, 8)}`,
    from: '2026-01-01',
    to: new Date(Date.UTC(2026, 0, 1, hours)).toISOString(),
    timetable: HOURLY,
    ...more,
  };
}

async function over(id: string): Promise<ShownBackfill> {
  return vi.waitFor(
    async () => {
      const shown = await showBackfill(services, id);
      expect(shown.endedAt).toBeDefined();
      return shown;
    },
    { timeout: 50_000, interval: 100 },
  );
}

function runOf(key: string, hour: number): string {
  return `diamond.${key}-${new Date(Date.UTC(2026, 0, 1, hour)).toISOString().slice(0, 19)}Z`;
}

/** Of every run of the key: its attempts and the state of the newest. */
async function ledgerOf(key: string, hours: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: hours }, async (_, at) => {
      const run = runOf(key, at + 1);
      const attempts = await kit.ledger.attempts(run);
      const record = await kit.ledger.record(run);
      return `${attempts.join(',')} ${record?.state ?? 'missing'}`;
    }),
  );
}

async function openRuns(key: string): Promise<number> {
  return (await kit.ledger.open()).filter(({ run }) => run.startsWith(`diamond.${key}-`)).length;
}

/** A step that waits until the test lets it go. */
function gate(word: string): { open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  steps.set(word, () => opened);
  gates.push(open);
  return { open };
}

describe('a backfill', () => {
  it('runs every interval once, no more at a time than it may, over many histories', async () => {
    const hours = 30;
    const asked = request(hours, { maxActive: 4 });
    const { plan } = backfills.resolve(asked);
    const id = `backfill-${asked.key}`;
    await kit.start('backfill', { ...plan, continueAfterEvents: 40 }, id);
    const handle = kit.client.workflow.getHandle(id);
    let most = 0;
    let isOver = false;
    const sampling = (async () => {
      while (!isOver) {
        most = Math.max(most, await openRuns(asked.key));
        await sleep(25);
      }
    })();
    const ending = await handle.result();
    isOver = true;
    await sampling;
    expect(ending).toMatchObject({
      state: 'finished',
      counts: { started: hours, ended: { success: hours } },
    });
    expect(await ledgerOf(asked.key, hours)).toEqual(Array.from({ length: hours }, () => '1 success'));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    const record = await kit.ledger.record(runOf(asked.key, 1));
    expect(record).toMatchObject({
      interval: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' },
      startedBy: `backfill ${id}`,
    });
    const { raw } = await handle.describe();
    expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(raw.workflowExecutionInfo?.execution?.runId);
  });

  it('starts the newest interval first when it goes backwards', async () => {
    const asked = request(3, { maxActive: 1, order: 'backwards' });
    await over((await createBackfill(services, asked)).id);
    const records = await Promise.all([1, 2, 3].map((hour) => kit.ledger.record(runOf(asked.key, hour))));
    const starts = records.map((record) => Date.parse(record?.startedAt ?? ''));
    expect(starts.toSorted((a, b) => b - a)).toEqual(starts);
  });

  it('starts nothing while it is paused, goes on when it is resumed, and is told by show and list', async () => {
    const held = gate('held');
    const asked = request(4, { maxActive: 2, params: { word: 'held' } });
    const { id } = await createBackfill(services, asked);
    await vi.waitFor(async () => expect(await openRuns(asked.key)).toBe(2), { timeout: 20_000 });
    await sayToBackfill(services, id, 'pause', { by: 'a test', reason: 'to see' });
    await vi.waitFor(
      async () =>
        expect(await showBackfill(services, id)).toMatchObject({
          state: 'paused',
          paused: { by: 'a test', reason: 'to see' },
          open: [{ run: runOf(asked.key, 1) }, { run: runOf(asked.key, 2) }],
        }),
      { timeout: 20_000 },
    );
    held.open();
    await vi.waitFor(async () => expect((await showBackfill(services, id)).open).toEqual([]), {
      timeout: 20_000,
    });
    await sayToBackfill(services, id, 'pause', { by: 'another' });
    await sleep(500);
    expect(await showBackfill(services, id)).toMatchObject({ paused: { by: 'a test', reason: 'to see' } });
    expect(await ledgerOf(asked.key, 4)).toEqual(['1 success', '1 success', ' missing', ' missing']);
    await expect(createBackfill(services, asked)).rejects.toMatchObject({ type: 'BackfillOpen' });
    await sayToBackfill(services, id, 'resume', { by: 'a test' });
    expect(await over(id)).toMatchObject({ state: 'finished', counts: { ended: { success: 4 } } });
    expect((await listBackfills(services)).find((one) => one.id === id)?.state).toBe('finished');
    await expect(sayToBackfill(services, id, 'pause', { by: 'a test' })).rejects.toMatchObject({
      type: 'BackfillOver',
    });
  });

  it('starts nothing while its pipeline is paused, and can be cancelled all the same', async () => {
    const pauses = createPauses(kit.store);
    await pauses.pause('diamond', { by: 'a test', reason: 'to see' });
    const asked = request(2);
    await expect(createBackfill(services, asked)).rejects.toMatchObject({ type: 'PipelinePaused' });
    // One that was created before the pause, or by Temporal's own command.
    const id = `backfill-${asked.key}`;
    await kit.start('backfill', asked, id);
    await vi.waitFor(
      async () => expect((await showBackfill(services, id)).note).toContain('diamond is paused'),
      { timeout: 20_000 },
    );
    expect(await ledgerOf(asked.key, 2)).toEqual([' missing', ' missing']);
    await sayToBackfill(services, id, 'cancel', { by: 'a test' });
    expect(await over(id)).toMatchObject({ state: 'cancelled', counts: { started: 0 } });
    await pauses.resume('diamond', { by: 'a test' });
    await over((await createBackfill(services, asked)).id);
    expect(await ledgerOf(asked.key, 2)).toEqual(['1 success', '1 success']);
  });

  it('starts nothing more when it is cancelled, and stops the open runs where that was asked for', async () => {
    gate('stuck');
    const asked = request(5, { maxActive: 2, params: { word: 'stuck' } });
    const { id } = await createBackfill(services, asked);
    await vi.waitFor(async () => expect(await openRuns(asked.key)).toBe(2), { timeout: 20_000 });
    await sayToBackfill(services, id, 'cancel', { by: 'a test', runs: true });
    const shown = await over(id);
    expect(shown).toMatchObject({ state: 'cancelled', counts: { started: 2, ended: { cancelled: 2 } } });
    expect(await ledgerOf(asked.key, 3)).toEqual(['1 cancelled', '1 cancelled', ' missing']);
  });

  it('counts runs that were cut off, and one that never claimed its attempt', async () => {
    gate('cut');
    const asked = request(1, { params: { word: 'cut' } });
    const { id } = await createBackfill(services, asked);
    await vi.waitFor(async () => expect(await openRuns(asked.key)).toBe(1), { timeout: 20_000 });
    await kit.client.workflow.getHandle(runOf(asked.key, 1)).terminate('by a test');
    const cut = await over(id);
    expect(cut).toMatchObject({ state: 'finished', counts: { ended: { terminated: 1 } } });
    expect(cut.troubled[0]?.message).toContain('by a test');
    // Its params were right when it was asked for; the start is what carries wrong ones.
    const wrong = request(1);
    const { plan } = backfills.resolve(wrong);
    const run = runOf(wrong.key, 1);
    await kit.start('diamond', { fireTime: 'never' }, run);
    await vi.waitFor(
      async () => {
        const { status } = await kit.client.workflow.getHandle(run).describe();
        expect(status.name).toBe('FAILED');
      },
      { timeout: 20_000 },
    );
    const planned = { run, attempt: 1, interval: { start: plan.from, end: plan.to } };
    expect(await watchRuns({ ...kit, askEvery: 50 }, [planned])).toMatchObject([{ run, state: 'failed' }]);
  });

  it('starts nothing twice whose start was not reported, whether it goes on or is over by then', async () => {
    const asked = request(6, { maxActive: 3 });
    const cut = new Set<string>();
    unreported = async (run) => {
      if (!run.includes(asked.key) || cut.has(run)) return;
      cut.add(run);
      // Half of them are over before the next try asks.
      while (cut.size % 2 === 0 && (await kit.ledger.record(run)) === undefined) await sleep(20);
      throw new Error('the worker died');
    };
    const ending = await over((await createBackfill(services, asked)).id);
    unreported = undefined;
    expect(cut.size).toBe(6);
    expect(ending).toMatchObject({ state: 'finished', counts: { started: 6, ended: { success: 6 } } });
    expect(await ledgerOf(asked.key, 6)).toEqual(Array.from({ length: 6 }, () => '1 success'));
  });

  it('goes on with what was open and what was left when it is begun anew after its workflow was lost', async () => {
    const held = gate('lost');
    const asked = request(4, { maxActive: 2, params: { word: 'lost' } });
    const { id } = await createBackfill(services, asked);
    await vi.waitFor(async () => expect(await openRuns(asked.key)).toBe(2), { timeout: 20_000 });
    await kit.client.workflow.getHandle(id).terminate('lost');
    expect(await showBackfill(services, id)).toMatchObject({ state: 'lost' });
    held.open();
    const again = await over((await createBackfill(services, asked)).id);
    expect(again).toMatchObject({ state: 'finished', counts: { ended: { failed: 0 } } });
    await vi.waitFor(
      async () => expect(await ledgerOf(asked.key, 4)).toEqual(Array.from({ length: 4 }, () => '1 success')),
      { timeout: 20_000 },
    );
  });

  it('reprocesses what was asked for: what failed alone, some tasks, or everything', async () => {
    const asked = request(3, { params: { word: 'moody' } });
    let calls = 0;
    steps.set('moody', async () => {
      calls += 1;
      if (calls === 1) throw ApplicationFailure.nonRetryable('not today', 'Moody');
    });
    const first = await over((await createBackfill(services, { ...asked, maxActive: 1 })).id);
    expect(first).toMatchObject({ state: 'finished', counts: { ended: { success: 2, failed: 1 } } });
    expect(first.troubled[0]?.message).toContain('not today');

    const again = await over((await createBackfill(services, asked)).id);
    expect(again.counts).toMatchObject({ started: 0, leftOut: { done: 3 } });
    await over((await createBackfill(services, { ...asked, reprocess: 'failed' })).id);
    expect(await ledgerOf(asked.key, 3)).toEqual(['1,2 success', '1 success', '1 success']);

    await over((await createBackfill(services, { ...asked, reprocess: 'all', tasks: ['right'] })).id);
    expect(await ledgerOf(asked.key, 3)).toEqual(['1,2,3 success', '1,2 success', '1,2 success']);
    const record = await kit.ledger.record(runOf(asked.key, 2));
    const carried = record?.tasks.filter(({ fromMemo }) => fromMemo).map(({ name }) => name);
    expect(carried).toEqual(['start', 'left']);
  });

  it('previews without starting anything, and tells what is running and what is done', async () => {
    const asked = request(3, { to: '2026-01-01T02:00:00Z' });
    await over((await createBackfill(services, asked)).id);
    const { plan, total } = backfills.resolve({ ...asked, to: '2026-01-01T04:30:00Z', reprocess: 'failed' });
    const seen = [];
    for await (const { action, state, interval } of backfills.preview(plan)) {
      seen.push([interval.end, action, state]);
    }
    expect(total).toBe(4);
    expect(seen).toEqual([
      ['2026-01-01T01:00:00Z', 'leave', 'success'],
      ['2026-01-01T02:00:00Z', 'leave', 'success'],
      ['2026-01-01T03:00:00Z', 'start', undefined],
      ['2026-01-01T04:00:00Z', 'start', undefined],
    ]);
    expect(await ledgerOf(asked.key, 4)).toEqual(['1 success', '1 success', ' missing', ' missing']);
  });

  it.each([undefined, null, 'diamond', 7, {}])('refuses %j for a request at once', async (given) => {
    const handle = await kit.start('backfill', given);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: expect.stringMatching(/^(InvalidBackfill|UnknownPipeline)$/) },
    });
  });

  it('refuses tasks that neither the graph nor a run knows, and names those that they know', async () => {
    const asked = request(2, { reprocess: 'all', tasks: ['right', 'nope'] });
    await expect(createBackfill(services, asked)).rejects.toMatchObject({
      type: 'UnknownTask',
      message: expect.stringMatching(/no task nope; .* has .*left, right/) as string,
    });
    expect(await ledgerOf(asked.key, 2)).toEqual([' missing', ' missing']);
  });

  it.each<[string, Partial<BackfillRequest> & { from?: never }, string, RegExp]>([
    ['a pipeline that is none', { pipeline: 'nothing' }, 'UnknownPipeline', /no pipeline is named nothing/],
    ['no grid', { timetable: undefined as never }, 'InvalidBackfill', /its intervals are not known/],
    ['an end before the beginning', { to: '2025-01-01' }, 'InvalidBackfill', /is not before/],
    ['a time that is none', { to: 'tomorrow' }, 'InvalidBackfill', /to must be a date/],
    ['a range with no whole interval', { to: '2026-01-01T00:30:00Z' }, 'InvalidBackfill', /no interval of/],
    ['a cron that is none', { timetable: { cron: 'often' } }, 'InvalidBackfill', /often/],
    ['too many at a time', { maxActive: 5000 }, 'InvalidBackfill', /maxActive is a whole number/],
    ['picked tasks of runs that never were', { tasks: ['left'] }, 'InvalidBackfill', /--reprocess failed/],
    ['wrong params', { pipeline: 'strict', params: { day: 'today' } }, 'InvalidParams', /day.*limit/s],
  ])('refuses %s, whoever starts it, and starts nothing', async (_what, more, type, message) => {
    const asked = request(2, more);
    const handle = await kit.start('backfill', asked);
    const error = await handle.result().catch((reason: unknown) => reason);
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type, message: expect.stringMatching(message) });
    await expect(createBackfill(services, asked)).rejects.toMatchObject({ type });
    await expect(showBackfill(services, handle.workflowId)).rejects.toMatchObject({
      type: 'BackfillNotBegun',
    });
    expect(await ledgerOf(asked.key, 2)).toEqual([' missing', ' missing']);
  });
});
