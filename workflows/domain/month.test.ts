import { expect, it } from 'vitest';

import { monthBefore } from './month.ts';

it('goes back over a year boundary and over a short month', () => {
  expect(monthBefore({ start: '2025-01-01T00:00:00Z', end: '2025-02-01T00:00:00Z' })).toEqual({
    start: '2024-12-01T00:00:00Z',
    end: '2025-01-01T00:00:00Z',
  });
  expect(monthBefore({ start: '2024-03-01T00:00:00Z', end: '2024-04-01T00:00:00Z' }).start).toBe(
    '2024-02-01T00:00:00Z',
  );
});
