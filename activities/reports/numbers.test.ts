import { describe, expect, test } from 'vitest';
import { change, count, decimal, estimate, percent, plain, pValue } from './numbers.ts';

describe('numbers for people', () => {
  test.each([
    [count(12_345), 12_345, '12,345'],
    [decimal(-0.123456), -0.123456, '−0.123'],
    [decimal(-1e-18), -1e-18, '0.000'],
    [change(0.0123), 0.0123, '+0.012'],
    [change(1e-18), 1e-18, '0.000'],
    [plain(1234.567), 1234.567, '1,235'],
    [plain(0.000_012_345), 0.000_012_345, '0.00001235'],
    [plain(-3.725e-7), -3.725e-7, '−3.7e-7'],
    [percent(0.1234), 0.1234, '12.3 %'],
    [percent(0.0001), 0.0001, '&lt; 0.1 %'],
    [pValue(0.000_2), 0.000_2, '&lt; 0.001'],
    [pValue(0.0321), 0.0321, '0.032'],
  ])('are rounded for the eye and unrounded for programs (%#)', (shown, value, text) => {
    expect(shown.text).toBe(`<data value="${value}">${text}</data>`);
  });

  test.each([null, undefined, Number.NaN, Infinity])('show %s as absent, never as nought', (value) => {
    expect(count(value).text).toBe('–');
    expect(percent(value).text).toBe('–');
    expect(estimate(undefined).text).toBe('–');
  });
});
