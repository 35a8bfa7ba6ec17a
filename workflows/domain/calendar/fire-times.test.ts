import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fireTimes } from './fire-times.ts';
import type { Timetable } from './timetable.ts';

function following(timetable: Timetable, after: string, count: number): string[] {
  const times = fireTimes(timetable);
  const found: string[] = [];
  for (let at = times.next(after); at !== undefined && found.length < count; at = times.next(at))
    found.push(at);
  return found;
}

/** Temporal's own times for the same timetables stand in clients/schedules/grid.e2e.ts. */
describe('fire times', () => {
  it('follow the local clock of the time zone', () => {
    expect(following({ cron: '30 6 * * mon', timezone: 'Asia/Kolkata' }, '2026-01-01T00:00:00Z', 2)).toEqual([
      '2026-01-05T01:00:00Z',
      '2026-01-12T01:00:00Z',
    ]);
  });

  it('leave out a local time that does not exist on the day the clock is put forward', () => {
    const times = following({ cron: '30 2 * * *', timezone: 'America/New_York' }, '2026-03-07T00:00:00Z', 3);
    expect(times).toEqual(['2026-03-07T07:30:00Z', '2026-03-09T06:30:00Z', '2026-03-10T06:30:00Z']);
  });

  it('come once, the second time, where the clock is put back over them', () => {
    const times = following({ cron: '30 2 * * *', timezone: 'Europe/Berlin' }, '2026-10-24T12:00:00Z', 2);
    expect(times).toEqual(['2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z']);
  });

  it('come twice there where the clock is behind UTC', () => {
    const times = following({ cron: '30 1 * * *', timezone: 'America/New_York' }, '2026-10-31T12:00:00Z', 3);
    expect(times).toEqual(['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', '2026-11-02T06:30:00Z']);
  });

  it('come every hour on both of these days', () => {
    const hourly = { cron: '@hourly', timezone: 'Europe/Berlin' };
    for (const day of ['2026-03-29', '2026-10-25']) {
      const times = following(hourly, `${day}T00:00:00Z`, 4);
      expect(times).toEqual(['01', '02', '03', '04'].map((hour) => `${day}T${hour}:00:00Z`));
    }
  });

  it('move by an hour in UTC when the offset changes', () => {
    const daily = { on: { at: ['08:00'] }, timezone: 'Europe/Berlin' };
    expect(following(daily, '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T07:00:00Z',
      '2026-03-29T06:00:00Z',
    ]);
  });

  it('pass over weekends and the dates that are excepted', () => {
    const workdays = { on: { at: ['06:00'], days: 'workdays' }, except: ['2026-12-25'] } as const;
    expect(following(workdays, '2026-12-24T00:00:00Z', 2)).toEqual([
      '2026-12-24T06:00:00Z',
      '2026-12-28T06:00:00Z',
    ]);
  });

  it('reach over years for a day that comes seldom, and end where there is none', () => {
    expect(following({ cron: '0 0 29 2 *' }, '2097-01-01T00:00:00Z', 1)).toEqual(['2104-02-29T00:00:00Z']);
    expect(fireTimes({ cron: '0 0 30 2 *' }).next('2026-01-01T00:00:00Z')).toBeUndefined();
    expect(fireTimes({ cron: '0 0 30 2 *' }).previous('2026-01-01T00:00:00Z')).toBeUndefined();
  });

  it('count lengths of time from 1970, moved by the offset', () => {
    expect(following({ every: '90m', offset: '5m' }, '1970-01-01T00:05:00Z', 2)).toEqual([
      '1970-01-01T01:35:00Z',
      '1970-01-01T03:05:00Z',
    ]);
  });

  it('are found before a time, too', () => {
    const daily = fireTimes({ cron: '@daily' });
    expect(daily.previous('2026-01-02T00:00:00Z')).toBe('2026-01-01T00:00:00Z');
    expect(daily.previous('2026-01-02T00:00:00.5Z')).toBe('2026-01-02T00:00:00Z');
    expect(fireTimes({ cron: '0 0 29 2 *' }).previous('2026-01-01T00:00:00Z')).toBe('2024-02-29T00:00:00Z');
  });
});

const timetable: fc.Arbitrary<Timetable> = fc.oneof(
  fc.record({
    cron: fc.constantFrom('*/7 * * * *', '30 1,2 * * *', '0 3 1,31 * 5', '15 */5 * 2-4 *', '@weekly'),
    timezone: fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'),
  }),
  fc.record({ every: fc.integer({ min: 1, max: 10_000 }).map((s) => `${s}s` as const) }),
);
const time = fc
  .integer({ min: Date.UTC(2024, 0) / 1000, max: Date.UTC(2030, 0) / 1000 })
  .map((at) => new Date(at * 1000).toISOString());

describe('next and previous', () => {
  it('are each other’s inverse, with nothing between them', () => {
    fc.assert(
      fc.property(timetable, time, (table, at) => {
        const times = fireTimes(table);
        const next = times.next(at);
        if (next === undefined) throw new Error('each of these fires for ever');
        expect(times.has(next)).toBe(true);
        const previous = times.previous(next);
        expect(previous !== undefined && Date.parse(previous) <= Date.parse(at)).toBe(true);
        expect(times.next(previous ?? '')).toBe(next);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
