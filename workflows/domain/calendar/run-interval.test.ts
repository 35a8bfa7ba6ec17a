import { describe, expect, it } from 'vitest';
import { fireTimes } from './fire-times.ts';
import { runInterval } from './run-interval.ts';
import type { Timetable } from './timetable.ts';

describe('runInterval', () => {
  it('reaches from the fire time before to this one', () => {
    expect(runInterval({ cron: '@monthly' }, '2026-03-01T00:00:00Z')).toEqual({
      interval: { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' },
      onGrid: true,
    });
  });

  it('is the last complete one for a time at which the schedule does not fire', () => {
    expect(runInterval({ cron: '@monthly' }, '2026-03-17T11:22:33Z')).toEqual({
      interval: { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' },
      onGrid: false,
    });
  });

  it('spans the weekend on a Monday of workdays', () => {
    const workdays: Timetable = { on: { at: ['06:00'], days: 'workdays' }, timezone: 'Europe/Berlin' };
    expect(runInterval(workdays, '2026-11-23T05:00:00Z').interval.start).toBe('2026-11-20T05:00:00Z');
  });

  it.each([
    ['is put forward', '2026-03-07T00:00:00Z'],
    ['is put back', '2026-10-31T00:00:00Z'],
  ])('leaves no gap and no overlap where the clock %s', (_change, from) => {
    for (const cron of ['30 1 * * *', '30 2 * * *', '*/30 * * * *']) {
      const timetable = { cron, timezone: 'America/New_York' };
      const times = fireTimes(timetable);
      let fire = times.next(from) ?? '';
      for (let count = 0; count < 8; count += 1) {
        const next = times.next(fire) ?? '';
        expect(runInterval(timetable, next).interval).toEqual({ start: fire, end: next });
        fire = next;
      }
    }
  });

  it('is refused to a timetable that never fires', () => {
    expect(() => runInterval({ cron: '0 0 31 2 *' }, '2026-01-01T00:00:00Z')).toThrow(/no complete interval/);
  });
});
