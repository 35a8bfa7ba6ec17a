import { describe, expect, it } from 'vitest';

import { timeAt } from './time-text.ts';

describe('timeAt', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T23:30:00-02:00', '2026-02-01T01:30:00.000Z'],
  ])('reads %s', (text, meant) => {
    expect(timeAt(text)).toBe(Date.parse(meant));
  });

  it.each([
    '',
    'today',
    '2026',
    '2024-02-30',
    '2026-02-29T00:00:00Z',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '1/2/2026',
  ])('takes %j for no time', (text) => {
    expect(timeAt(text)).toBeUndefined();
  });
});
