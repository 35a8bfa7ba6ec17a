import { describe, expect, test } from 'vitest';
import { formatDuration, milliseconds, type Duration } from './duration.ts';

describe('milliseconds', () => {
  test('reads what authors write', () => {
    expect((['250ms', '90s', '5m', '1.5h', '2d', 42] as const).map(milliseconds)).toEqual([
      250, 90_000, 300_000, 5_400_000, 172_800_000, 42,
    ]);
  });

  test('refuses what is no length of time', () => {
    for (const wrong of ['5 minutes', -1, NaN, '']) {
      expect(() => milliseconds(wrong as Duration)).toThrow(RangeError);
    }
  });
});

describe('formatDuration', () => {
  test('is short', () => {
    expect([250, 4200, 200_000, 7_500_000].map(formatDuration)).toEqual([
      '250 ms',
      '4.2 s',
      '3 min 20 s',
      '2 h 5 min',
    ]);
  });
});
