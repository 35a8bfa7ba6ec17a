import { describe, expect, it } from 'vitest';

import { allOf, anyOf, rollUp } from '../../workflows/domain/assets/condition.ts';
import { startLines } from './pipeline-starts.ts';

describe('startLines', () => {
  it('tells the grid, and what has to be there', () => {
    const days = rollUp('shop.hours', { each: { cron: '@hourly' }, into: { cron: '@daily' } });
    expect(startLines({ name: 'daily', timetable: { every: '1d' }, assets: allOf(days) })).toEqual([
      'grid    every 1d',
      'starts  when there is shop.hours (every part of @hourly in one of @daily)',
    ]);
    expect(startLines({ name: 'either', assets: anyOf('a', { asset: 'b', keys: ['eu', 'us'] }) })).toEqual([
      'starts  when there is any of a, b of eu and us together',
    ]);
    expect(startLines({ name: 'plain' })).toEqual([]);
  });
});
