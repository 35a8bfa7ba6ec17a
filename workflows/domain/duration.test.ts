import { describe, expect, test } from 'vitest';
import { formatDuration, milliseconds, roughDuration, type Duration } from './duration.ts';

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

describe('roughDuration', () => {
  test('says it in one number, and no more than six characters in the first year', () => {
    const [s, min, h, d] = [1e3, 60e3, 3_600e3, 86_400e3];
    const said = [250, 999, 4200, 99 * s, 100 * s, 99 * min, 100 * min, 47 * h, 48 * h, 364 * d].map(
      roughDuration,
    );
    expect(said).toEqual([
      '250 ms',
      '999 ms',
      '4 s',
      '99 s',
      '1 min',
      '99 min',
      '1 h',
      '47 h',
      '2 d',
      '364 d',
    ]);
  });
});
