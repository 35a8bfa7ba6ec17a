import { describe, expect, it } from 'vitest';
import {
  catchupWindow,
  dueIntervals,
  fireTimesOf,
  scheduleProblems,
  type ScheduleDeclaration,
} from './schedule.ts';

const nightly: ScheduleDeclaration = {
  name: 'nightly',
  pipeline: 'medallion',
  timetable: { cron: '0 2 * * *' },
};

describe('the bounds of a schedule', () => {
  const bounded = { ...nightly, start: '2026-01-01T00:00:00Z', end: '2026-01-04T01:00:00Z' };

  it('let no interval begin before the start or end after the end', () => {
    const { next } = fireTimesOf(bounded);
    const first = next('2020-01-01T00:00:00Z');
    expect(first).toBe('2026-01-02T02:00:00Z');
    expect(next(first ?? '')).toBe('2026-01-03T02:00:00Z');
    expect(next('2026-01-03T02:00:00Z')).toBeUndefined();
  });

  it('hold for what was due as well', () => {
    const due = dueIntervals(bounded, {
      after: '2020-01-01T00:00:00Z',
      until: '2027-01-01T00:00:00Z',
      most: 9,
    });
    expect(due).toEqual([
      { start: '2026-01-02T02:00:00Z', end: '2026-01-03T02:00:00Z' },
      { start: '2026-01-01T02:00:00Z', end: '2026-01-02T02:00:00Z' },
    ]);
  });
});

describe('dueIntervals', () => {
  it('are those that ended after one time and not after another, the newest of them', () => {
    const range = { after: '2026-01-01T02:00:00Z', until: '2026-01-05T02:00:00Z' };
    expect(dueIntervals(nightly, { ...range, most: 9 })).toHaveLength(4);
    expect(dueIntervals(nightly, { ...range, most: 1 })).toEqual([
      { start: '2026-01-04T02:00:00Z', end: '2026-01-05T02:00:00Z' },
    ]);
  });
});

describe('catchupWindow', () => {
  it('without catchup lasts until the next one is due, in the shortest case', () => {
    expect(catchupWindow({ timetable: { cron: '0 2 * * *' } })).toBe(86_400);
    expect(catchupWindow({ timetable: { cron: '@monthly' }, catchup: 'none' })).toBe(28 * 86_400);
    expect(catchupWindow({ timetable: { every: '1s' } })).toBe(10);
  });

  it('is what was declared, or longer than the year that Temporal would take', () => {
    const { timetable } = nightly;
    expect(catchupWindow({ timetable, catchup: { within: '6h' } })).toBe(6 * 3600);
    expect(catchupWindow({ timetable, catchup: 'all' })).toBeGreaterThan(50 * 366 * 86_400);
  });
});

describe('scheduleProblems', () => {
  it('finds none in a good declaration', () => {
    expect(scheduleProblems(nightly)).toEqual([]);
    for (const cron of ['*/10 * * * *', '30 2 * * *', '*/5 2 * * 1-5']) {
      const timetable = { cron, timezone: 'Europe/Berlin' };
      expect(scheduleProblems({ ...nightly, timetable })).toEqual([]);
    }
  });

  it.each<[string, Partial<ScheduleDeclaration>, RegExp]>([
    ['a name that is none', { name: 'every night' }, /no schedule name/],
    ['an unknown time zone', { timetable: { cron: '@daily', timezone: 'Europe/Bern' } }, /no time zone/],
    ['a date that does not exist', { timetable: { cron: '@daily', except: ['2026-02-30'] } }, /no date/],
    ['a time of day that does not exist', { timetable: { on: { at: ['24:00'] } } }, /no time of day/],
    ['a cron expression that is none', { timetable: { cron: 'daily' } }, /no cron expression/],
    ['a length of time that is none', { timetable: { every: '0s' } }, /at least one/],
    ['a day that never comes', { timetable: { cron: '0 0 30 2 *' } }, /never fires/],
    [
      'fire times that the server would lose',
      { timetable: { cron: '0,30 2 * * *', timezone: 'Europe/Berlin' } },
      /at 2026-10-25T01:00:00Z/,
    ],
    ['a start that is no time', { start: 'tomorrow' }, /no time in RFC 3339/],
    [
      'an end before any interval',
      { start: '2026-05-01T00:00:00Z', end: '2026-05-01T12:00:00Z' },
      /no interval/,
    ],
    ['a jitter that is none', { jitter: -1 }, /no duration/],
    ['a window that is none', { catchup: { within: Number.NaN } }, /no duration/],
  ])('names %s', (_what, wrong, why) => {
    expect(scheduleProblems({ ...nightly, ...wrong }).join()).toMatch(why);
  });
});
