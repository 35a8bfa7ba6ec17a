import { describe, expect, test } from 'vitest';
import { isLatest, runBefore, wasDueBefore } from './order.ts';

const monthly = { name: 'm', timetable: { cron: '@monthly' }, since: '2026-01-15T00:00:00Z' };
const month = (number: number) => ({
  start: `2026-0${number}-01T00:00:00Z`,
  end: `2026-0${number + 1}-01T00:00:00Z`,
});

describe('the run before', () => {
  test('is that of the interval that ends where this one begins', () => {
    const position = { pipeline: 'scoring', key: 'north', interval: month(2) };
    expect(runBefore(position)).toBe('scoring.north-2026-02-01T00:00:00Z');
  });

  test('is none for a run without an interval', () => {
    const at = '2026-02-01T00:00:00Z';
    expect(runBefore({ pipeline: 'scoring', interval: { start: at, end: at } })).toBeUndefined();
  });

  test('was due only when its schedule held already', () => {
    const at = (number: number, schedule: typeof monthly | undefined) =>
      wasDueBefore({ pipeline: 'p', interval: month(number), ...(schedule && { schedule }) });
    expect(at(1, monthly)).toBe(false);
    expect(at(2, monthly)).toBe(true);
    expect(at(2, undefined)).toBe(false);
    // A manual run whose interval begins where the schedule never fires.
    const interval = { start: '2026-02-03T00:00:00Z', end: '2026-03-01T00:00:00Z' };
    expect(wasDueBefore({ pipeline: 'p', interval, schedule: monthly })).toBe(false);
  });
});

describe('the newest interval', () => {
  const february = { pipeline: 'p', interval: month(1) };

  test('is the one after which the schedule has not fired yet', () => {
    const until = (day: string) => isLatest({ ...february, schedule: monthly }, Date.parse(day));
    expect(until('2026-02-28T23:59:59Z')).toBe(true);
    expect(until('2026-03-01T00:00:00Z')).toBe(false);
  });

  test('without a schedule lasts as long again as the interval was', () => {
    expect(isLatest(february, Date.parse('2026-03-03T23:59:59Z'))).toBe(true);
    expect(isLatest(february, Date.parse('2026-03-04T00:00:00Z'))).toBe(false);
  });
});
