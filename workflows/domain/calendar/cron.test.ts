import { describe, expect, it } from 'vitest';
import { parseCron } from './cron.ts';

const refusal = (text: string): string => {
  try {
    parseCron(text);
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error);
  }
  return 'accepted';
};

describe('parseCron', () => {
  it('reads lists, ranges, steps and names', () => {
    const [times, ...more] = parseCron('*/20 8-10,22 * JAN-mar/2 mon,WED');
    expect(more).toEqual([]);
    expect(times).toMatchObject({
      seconds: [0],
      minutes: [0, 20, 40],
      hours: [8, 9, 10, 22],
      months: [1, 3],
      weekdays: [1, 3],
    });
  });

  it('takes 0 and 7 for Sunday, and a step from a value on to the end of the field', () => {
    expect(parseCron('0 0 * * 5-7')[0]?.weekdays).toEqual([0, 5, 6]);
    expect(parseCron('0 0 * * 1/2')[0]?.weekdays).toEqual([1, 3, 5]);
    expect(parseCron('50/5 0 * * *')[0]?.minutes).toEqual([50, 55]);
  });

  it('takes a sixth field in front for seconds', () => {
    expect(parseCron('*/30 0 12 * * *')[0]).toMatchObject({ seconds: [0, 30], minutes: [0], hours: [12] });
  });

  it('wants either of day of month and day of week where both are restricted', () => {
    const [byDate, byWeekday] = parseCron('0 0 13 * fri');
    expect(byDate).toMatchObject({ days: [13], weekdays: [0, 1, 2, 3, 4, 5, 6] });
    expect(byWeekday?.days).toHaveLength(31);
    expect(byWeekday?.weekdays).toEqual([5]);
  });

  it('knows the presets', () => {
    expect(parseCron('@weekly')).toEqual(parseCron('0 0 * * sun'));
    expect(parseCron('@Monthly')).toEqual(parseCron('0 0 1 * *'));
  });

  it.each([
    ['0 0 * *', 'five fields are expected'],
    ['0 0 * * * * 2026', 'five fields are expected'],
    ['60 * * * *', 'out of range: 0 to 59'],
    ['0 0 0 * *', "the day of month '0'"],
    ['0 0 * * 8', 'out of range: 0 to 6 or the names'],
    ['5-1 * * * *', 'ends before it begins'],
    ['*/0 * * * *', 'step of 0'],
    ['1x * * * *', 'out of range'],
    ['1,,2 * * * *', 'is not understood'],
    ['0 0 L * *', 'out of range'],
    ['@fortnightly', '@weekly'],
  ])('refuses %s, naming what is wrong', (text, why) => {
    expect(refusal(text)).toContain(why);
  });
});
