/** Workday evenings, and what happens when a branch does not close its day in time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startReceiver, type Receiver } from '../../activities/notify/testing/receiver.ts';
import { fireTimes } from '../../workflows/domain/calendar/fire-times.ts';
import { runInterval } from '../../workflows/domain/calendar/run-interval.ts';
import { scheduleProblems } from '../../workflows/domain/calendar/schedule.ts';
import type { Notice } from '../../workflows/domain/notices/notice.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { tills, workdayEvenings } from './workdays.pipeline.ts';

const { timetable } = workdayEvenings;
let receiver: Receiver;
let kit: Kit;

beforeAll(async () => {
  receiver = await startReceiver();
  kit = await startKit({
    pipelines: [tills],
    notices: {
      channels: {
        oncall: { kind: 'webhook', url: receiver.url, signingSecret: `whsec_${'a'.repeat(40)}` },
      },
      defaults: [],
    },
  });
});
afterAll(async () => {
  await kit.stop();
  await receiver.stop();
});

function notices(): Notice[] {
  return receiver.received.map(({ body }) => (JSON.parse(body) as { data: Notice }).data);
}

describe('workdayEvenings', () => {
  it('fires on workdays at six in Berlin, and passes over Christmas, the weekend and New Year', () => {
    expect(scheduleProblems(workdayEvenings)).toEqual([]);
    const times: string[] = [];
    let at: string | undefined = '2026-12-23T12:00:00Z';
    while (times.length < 7 && at !== undefined) {
      at = fireTimes(timetable).next(at);
      if (at !== undefined) times.push(at);
    }
    expect(times).toEqual([
      '2026-12-23T17:00:00Z',
      '2026-12-24T17:00:00Z',
      '2026-12-28T17:00:00Z',
      '2026-12-29T17:00:00Z',
      '2026-12-30T17:00:00Z',
      '2026-12-31T17:00:00Z',
      '2027-01-04T17:00:00Z',
    ]);
  });
});

describe('tills', () => {
  it('adds up all days since the last workday, when every branch has closed', async () => {
    const fireTime = '2026-12-28T17:00:00Z';
    const { interval } = runInterval(timetable, fireTime);
    const run = await kit.start(tills, { fireTime, interval });
    await run.signal('closed-south', { takings: 250 });
    await run.signal('closed-north', { takings: 1000 });
    expect(await run.result()).toEqual({
      days: ['2026-12-25', '2026-12-26', '2026-12-27', '2026-12-28'],
      takings: 1250,
    });
    expect(notices()).toEqual([]);
  });

  it('tells somebody once when a branch is late, and ends well when that has closed after all', async () => {
    // Two hours after this evening's end are over in a moment.
    const ended = Math.ceil(Date.now() / 1000) * 1000 + 2_000 - 2 * 3_600_000;
    const end = `${new Date(ended).toISOString().slice(0, 19)}Z`;
    const start = `${new Date(ended - 86_400_000).toISOString().slice(0, 19)}Z`;
    const run = await kit.start(tills, { fireTime: end, interval: { start, end } });
    await run.signal('closed-north', { takings: 1 });
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
    expect(notices()[0]).toMatchObject({ event: 'deadline', title: `tills-${end} is late` });
    expect((await kit.query(run)).state).toBe('running');
    await run.signal('closed-south', { takings: 2 });
    expect(await run.result()).toMatchObject({ takings: 3 });
    const record = await kit.ledger.record(`tills-${end}`);
    expect(record?.deadlines).toMatchObject([{ after: 'interval-end', missed: true }]);
    expect(receiver.received).toHaveLength(1);
  });
});
