import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Interval } from '../interval.ts';
import { intervalsWithin, type IntervalRange } from './intervals.ts';
import type { Timetable } from './timetable.ts';

function all(range: IntervalRange, after?: Interval): Interval[] {
  return [...intervalsWithin(range, after)];
}

const hours = { timetable: { cron: '@hourly' }, order: 'forwards' } as const;

describe('intervalsWithin', () => {
  it('gives whole intervals only, from the first to the last', () => {
    const found = all({ ...hours, from: '2026-01-01T00:30:00Z', to: '2026-01-01T03:30:00Z' });
    expect(found).toEqual([
      { start: '2026-01-01T01:00:00Z', end: '2026-01-01T02:00:00Z' },
      { start: '2026-01-01T02:00:00Z', end: '2026-01-01T03:00:00Z' },
    ]);
  });

  it('takes the bounds themselves where they are fire times', () => {
    const found = all({ ...hours, from: '2026-01-01T00:00:00Z', to: '2026-01-01T02:00:00Z' });
    expect(found.map(({ end }) => end)).toEqual(['2026-01-01T01:00:00Z', '2026-01-01T02:00:00Z']);
  });

  it('has days of 23 and of 25 hours where the clock is put forward and back', () => {
    const length = (from: string, to: string): number[] =>
      all({ timetable: { cron: '@daily', timezone: 'Europe/Berlin' }, order: 'forwards', from, to }).map(
        ({ start, end }) => (Date.parse(end) - Date.parse(start)) / 3_600_000,
      );
    expect(length('2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z')).toEqual([23, 24]);
    expect(length('2026-10-24T00:00:00Z', '2026-10-27T00:00:00Z')).toEqual([25, 24]);
  });

  it('gives the same whichever way it goes, and goes on where it was left', () => {
    const timetables: Timetable[] = [
      { every: '25m' },
      { cron: '15 */6 * * *', timezone: 'America/New_York' },
      { on: { at: ['06:00', '18:00'], days: 'workdays' }, timezone: 'Europe/Berlin' },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...timetables),
        fc.integer({ min: 0, max: 365 * 24 }),
        fc.integer({ min: 1, max: 24 * 12 }),
        fc.nat(50),
        (timetable, first, length, stop) => {
          const from = new Date(Date.UTC(2026, 0, 1, first, 7)).toISOString();
          const to = new Date(Date.UTC(2026, 0, 1, first + length, 7)).toISOString();
          const there = all({ timetable, from, to, order: 'forwards' });
          const back = all({ timetable, from, to, order: 'backwards' });
          expect(back.toReversed()).toEqual(there);
          expect(there.slice(1).map(({ start }) => start)).toEqual(there.slice(0, -1).map(({ end }) => end));
          const left = there[stop];
          if (left === undefined) return;
          expect(all({ timetable, from, to, order: 'forwards' }, left)).toEqual(there.slice(stop + 1));
          const behind = all({ timetable, from, to, order: 'backwards' }, left);
          expect(behind).toEqual(there.slice(0, stop).toReversed());
        },
      ),
      { numRuns: 100 },
    );
  });
});
