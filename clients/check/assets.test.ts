import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { allOf, rollUp } from '../../workflows/domain/assets/condition.ts';
import { assetFaults } from './assets.ts';

const daily = { cron: '@daily' } as const;

describe('assetFaults', () => {
  it('finds nothing wrong with what assets can start', () => {
    const assets = allOf('a', rollUp('b', { each: { cron: '@hourly' }, into: daily }));
    const params = () => z.object({ word: z.string().default('assay') });
    expect(assetFaults({ name: 'good', assets, params, timetable: daily })).toEqual([]);
  });

  it('names params that nobody would hand over', () => {
    const params = () => z.object({ project: z.string() });
    expect(assetFaults({ name: 'needy', assets: allOf('a'), params })).toEqual([
      expect.objectContaining({
        where: 'needy',
        what: 'assets start it without params, but it needs project',
      }),
    ]);
    expect(assetFaults({ name: 'needy', params })).toEqual([]);
  });

  it('names parts that never fill the whole, and lets be what fits now and then', () => {
    const crooked = allOf(rollUp('a', { each: { every: '7h' }, into: { cron: '@hourly' } }));
    expect(assetFaults({ name: 'crooked', assets: crooked })).toMatchObject([
      { where: 'crooked', what: expect.stringContaining('the partitions of a never fill') },
    ]);
    const seldom = allOf(rollUp('a', { each: { cron: '@weekly' }, into: { cron: '@monthly' } }));
    expect(assetFaults({ name: 'seldom', assets: seldom })).toEqual([]);
  });

  it('names a timetable that is none', () => {
    expect(assetFaults({ name: 'odd', timetable: { cron: 'often' } })).toMatchObject([
      { where: 'odd', what: expect.stringContaining('its timetable: ') },
    ]);
  });
});
