/** Runs that never started, failed or were put off, seen by a watchdog that looks at a real server's schedules. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createDeadlineActivities } from '../activities/deadlines/activities.ts';
import type { DeadlineActivities } from '../activities/deadlines/contract.ts';
import { applySchedules } from '../clients/schedules/apply.ts';
import { startReceiver, type Receiver } from '../activities/notify/testing/receiver.ts';
import type { AssayConfig } from '../temporal.config.ts';
import type { ScheduleDeclaration } from '../workflows/domain/calendar/schedule.ts';
import type { Notice } from '../workflows/domain/notices/notice.ts';
import { startKit, type Kit } from '../workflows/engine/testing/kit.ts';
import { createProbe } from '../workflows/engine/testing/probe.ts';
import { hourly } from '../workflows/engine/testing/telling.ts';
import { createSecrets } from '../activities/secrets/secrets.ts';
import { openNotices } from './notices.ts';
import { createExpectedSchedules, ensureWatchdog } from './watchdog.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const probe = createProbe();
const pipelines = new Map([[hourly.definition.name, hourly.definition]]);
let receiver: Receiver;
let notices: AssayConfig['notices'];
let kit: Kit;
/** What the watchdog believes the time to be. */
let now = Date.now();
let dog: DeadlineActivities;
let schedule: ScheduleDeclaration;
let created = 0;

beforeAll(async () => {
  receiver = await startReceiver();
  notices = {
    channels: { hook: { kind: 'webhook', url: receiver.url, signingSecret: `whsec_${'a'.repeat(40)}` } },
    defaults: [{ on: ['deadline'], to: ['hook'] }],
  };
  kit = await startKit({
    pipelines: [hourly],
    activities: { ...probe.activities, 'deadlines.look': () => dog.look() },
    notices,
  });
});
afterAll(async () => {
  await kit.stop();
  await receiver.stop();
});

function services(schedules: readonly ScheduleDeclaration[]): Parameters<typeof applySchedules>[0] {
  const { ledger, client, taskQueue } = kit;
  return { ledger, pipelines, client: async () => client, taskQueue, schedules };
}

/** A schedule of its own for each test, that never fires while it lasts: the tests start what is to run. */
beforeEach(async () => {
  receiver.received.length = 0;
  created += 1;
  schedule = {
    name: `hourly-${kit.taskQueue}-${created}`,
    pipeline: 'hourly',
    key: `${kit.taskQueue}-${created}`,
    timetable: { every: '1h' },
  };
  await applySchedules(services([schedule]));
  const { store, ledger, client, taskQueue } = kit;
  await store.delete(['notices/watchdog.json']);
  now = Date.now();
  const telling = openNotices({
    store,
    secrets: createSecrets({ sources: [] }),
    config: { notices },
    temporal: client,
    taskQueue,
  });
  dog = createDeadlineActivities({
    store,
    ledger,
    pipelines,
    schedules: createExpectedSchedules(client, [schedule]),
    defaults: notices.defaults,
    notices: telling,
    now: () => now,
  });
  await dog.look();
});
afterEach(() => kit.client.schedule.getHandle(schedule.name).delete());

/** The next full hour and those after it: due after the schedule was made. */
function fireTime(number: number): string {
  const first = Math.ceil((Date.now() + 1) / HOUR) * HOUR;
  return `${new Date(first + (number - 1) * HOUR).toISOString().slice(0, 19)}Z`;
}

function at(fire: string, minutes: number): number {
  return Date.parse(fire) + minutes * MINUTE;
}

async function run(fire: string): Promise<void> {
  const { key } = schedule;
  await kit
    .execute(hourly, { key: key ?? '', fireTime: fire, interval: { start: fire, end: fire } })
    .catch(() => undefined);
}

async function looked(time: number): Promise<string[]> {
  now = time;
  const { posted } = await dog.look();
  return posted.map((key) => key.replace(schedule.key ?? '', 'KEY'));
}

/** As a watchdog would have noted it that was then away. */
function lookedUntil(time: number): Promise<void> {
  return kit.store.put('notices/watchdog.json', JSON.stringify({ until: new Date(time).toISOString() }));
}

const late = (fire: string): string => `hourly.KEY-${fire}/deadline/interval-end+600000`;
const firstLate = (fire: string): string => `hourly.KEY-${fire}/first/deadline/fire-time+120000`;

describe('look', () => {
  it('tells of a run that never started, of each deadline once, as soon as it has gone by', async () => {
    const fire = fireTime(1);
    expect(await looked(at(fire, 1))).toEqual([]);
    expect(await looked(at(fire, 3))).toEqual([firstLate(fire)]);
    expect(await looked(at(fire, 11))).toEqual([late(fire)]);
    expect(await looked(at(fire, 12))).toEqual([]);
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(2);
    const texts = receiver.received.map(({ body }) => (JSON.parse(body) as { data: Notice }).data.text);
    expect(texts.toSorted()[1]).toContain('it has not started yet');
  });

  it('has nothing to say of a run that succeeded', async () => {
    const fire = fireTime(2);
    await run(fire);
    await looked(at(fire, -30));
    expect(await looked(at(fire, 30))).toEqual([]);
  });

  it('tells of a run that failed and of which no attempt has succeeded, but not of its task that did', async () => {
    const fire = fireTime(3);
    probe.fail('second', { type: 'Broken' });
    await run(fire);
    await looked(at(fire, -30));
    expect(await looked(at(fire, 30))).toEqual([late(fire)]);
  });

  it('catches up on all that went by while nothing looked, and tells none of it twice when it is killed before it can note that', async () => {
    const fires = [4, 5, 6].map(fireTime);
    await looked(at(fires[0] ?? '', -30));
    const outage = at(fires[2] ?? '', 30);
    const told = await looked(outage);
    expect(told.toSorted()).toEqual(fires.flatMap((fire) => [firstLate(fire), late(fire)]).toSorted());
    await lookedUntil(at(fires[0] ?? '', -30));
    expect(await looked(outage)).toEqual([]);
  });

  it('expects nothing of a schedule that somebody has paused, or that is not applied', async () => {
    await kit.client.schedule.getHandle(schedule.name).pause();
    expect(await looked(at(fireTime(9), 30))).toEqual([]);
  });

  it('is not concerned with what was due before the schedule was made', async () => {
    await lookedUntil(Date.UTC(2020, 0));
    expect(await looked(Date.now())).toEqual([]);
  });
});

describe('ensureWatchdog', () => {
  it('makes a schedule that looks, once for an installation however many workers start', async () => {
    // Before there is a schedule: it also fires by itself, and what it does then must be the same.
    const fire = fireTime(12);
    await lookedUntil(at(fire, -30));
    now = at(fire, 5);
    await Promise.all([ensureWatchdog(kit.client, kit.taskQueue), ensureWatchdog(kit.client, kit.taskQueue)]);
    const handle = kit.client.schedule.getHandle(`assay-watchdog.${kit.taskQueue}`);
    await handle.trigger();
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
    await handle.delete();
  });
});
