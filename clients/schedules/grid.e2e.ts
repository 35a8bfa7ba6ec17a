/** Our fire times against those that the server itself works out. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type ScheduleSpec } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fireTimes } from '../../workflows/domain/calendar/fire-times.ts';
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import { describedForm, serverForm, toOptions } from './server-form.ts';

let client: Client;
const made: string[] = [];

beforeAll(async () => {
  client = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
});

afterAll(async () => {
  for (const id of made) await client.schedule.getHandle(id).delete();
  await client.connection.close();
});

const since = '2026-01-01T00:00:00Z';
const form = (timetable: Timetable): ReturnType<typeof serverForm> =>
  serverForm({ name: 'grid', pipeline: 'diamond', timetable }, 'nobody', since);

async function make(timetable: Timetable, spec?: ScheduleSpec): Promise<string> {
  const options = toOptions(form(timetable));
  const scheduleId = `grid-${randomUUID()}`;
  await client.schedule.create({
    scheduleId,
    ...options,
    ...(spec && { spec }),
    state: { paused: true },
  });
  made.push(scheduleId);
  return scheduleId;
}

/** After `from`. */
async function serverTimes(scheduleId: string, from: string, until: string): Promise<string[]> {
  const stamp = (time: string): { seconds: number } => ({ seconds: Date.parse(time) / 1000 });
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId,
    startTime: stamp(from) as never,
    endTime: stamp(until) as never,
  });
  return (startTime ?? []).map(({ seconds }) => new Date(Number(seconds) * 1000).toISOString());
}

function ourTimes(timetable: Timetable, from: string, until: string): string[] {
  const times = fireTimes(timetable);
  const found: string[] = [];
  for (
    let at = times.next(from);
    at !== undefined && Date.parse(at) <= Date.parse(until);
    at = times.next(at)
  ) {
    found.push(new Date(at).toISOString());
  }
  return found;
}

describe('fire times', () => {
  it.each<[string, Timetable, string, string]>([
    [
      'every hour, New York, clock put forward',
      { cron: '@hourly', timezone: 'America/New_York' },
      '2026-03-07T20:00:00Z',
      '2026-03-08T20:00:00Z',
    ],
    [
      'every hour, New York, clock put back',
      { cron: '@hourly', timezone: 'America/New_York' },
      '2026-10-31T20:00:00Z',
      '2026-11-01T20:00:00Z',
    ],
    [
      'at a time that does not exist',
      { cron: '30 2 * * *', timezone: 'America/New_York' },
      '2026-03-05T00:00:00Z',
      '2026-03-12T00:00:00Z',
    ],
    [
      'at a time that comes twice',
      { cron: '30 1 * * *', timezone: 'America/New_York' },
      '2026-10-29T00:00:00Z',
      '2026-11-04T00:00:00Z',
    ],
    [
      'every 20 minutes, Berlin, clock put forward',
      { cron: '*/20 * * * *', timezone: 'Europe/Berlin' },
      '2026-03-28T22:00:00Z',
      '2026-03-29T04:00:00Z',
    ],
    [
      'every 20 minutes, Berlin, clock put back',
      { cron: '*/20 * * * *', timezone: 'Europe/Berlin' },
      '2026-10-24T22:00:00Z',
      '2026-10-25T04:00:00Z',
    ],
    [
      'every 20 minutes by day and by night, New York, clock put back',
      { cron: '*/20 0-6 * * *', timezone: 'America/New_York' },
      '2026-10-31T00:00:00Z',
      '2026-11-02T00:00:00Z',
    ],
    [
      'at a time that comes twice, Berlin',
      { cron: '30 2,3 * * *', timezone: 'Europe/Berlin' },
      '2026-10-23T00:00:00Z',
      '2026-10-28T00:00:00Z',
    ],
    [
      'at a time that comes twice, London',
      { cron: '0 1 * * *', timezone: 'Europe/London' },
      '2026-10-23T00:00:00Z',
      '2026-10-28T00:00:00Z',
    ],
    [
      'at a time that comes twice, Azores, which are at UTC in summer',
      { cron: '30 0 * * *', timezone: 'Atlantic/Azores' },
      '2026-10-23T00:00:00Z',
      '2026-10-28T00:00:00Z',
    ],
    [
      'midnight, Santiago, where midnight is leapt over',
      { cron: '@daily', timezone: 'America/Santiago' },
      '2026-09-03T00:00:00Z',
      '2026-09-09T00:00:00Z',
    ],
    [
      'around Ramadan, Casablanca',
      { cron: '30 2 * * *', timezone: 'Africa/Casablanca' },
      '2026-02-10T00:00:00Z',
      '2026-03-30T00:00:00Z',
    ],
    ['days of month or of week', { cron: '15 4 1,31 * fri' }, '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z'],
    [
      'workdays without holidays',
      {
        on: { at: ['06:00', '18:30'], days: 'workdays' },
        timezone: 'Europe/Berlin',
        except: ['2026-12-25', '2026-01-01'],
      },
      '2025-12-28T00:00:00Z',
      '2026-01-12T00:00:00Z',
    ],
    [
      'months and dates',
      { on: { at: ['00:00'], dates: [1], months: [1, 4, 7, 10] } },
      '2026-01-01T00:00:00Z',
      '2028-01-01T00:00:00Z',
    ],
    ['29 February', { cron: '0 0 29 2 *' }, '2026-01-01T00:00:00Z', '2034-01-01T00:00:00Z'],
    [
      'every 25 hours with an offset',
      { every: '25h', offset: '90m' },
      '2026-01-01T00:00:00Z',
      '2026-02-01T00:00:00Z',
    ],
  ])('are the server’s: %s', async (_what, timetable, from, until) => {
    const ours = ourTimes(timetable, from, until);
    expect(ours.length).toBeGreaterThan(0);
    expect(await serverTimes(await make(timetable), from, until)).toEqual(ours);
  });

  it.each(['*/20 8-10,22 * JAN-MAR/2 MON,WED', '@weekly', '@monthly', '5/25 */6 */10 * *', '0 0 * * 5-7'])(
    'come from %s as the server reads it',
    async (cron) => {
      const id = await make({ cron }, { cronExpressions: [cron] });
      const from = '2026-01-01T00:00:00Z';
      const until = '2026-03-01T00:00:00Z';
      expect(await serverTimes(id, from, until)).toEqual(ourTimes({ cron }, from, until));
    },
  );
});

describe('a schedule on the server', () => {
  it('reads back as it was written', async () => {
    const timetable: Timetable = {
      cron: '*/7 0 13 * fri',
      timezone: 'Asia/Kolkata',
      except: ['2026-11-13'],
    };
    const id = await make(timetable);
    const described = describedForm(await client.schedule.getHandle(id).describe());
    expect(described).toEqual(form(timetable));
  });
});
