/** A map, a map within the map, and two reductions: sales by shop, summed up by region, summed up in all. */
import { z } from 'zod';
import { valuesOf } from '../../workflows/domain/mapped.ts';
import { activities } from '../../workflows/engine/activities.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { QUICK } from '../../workflows/engine/profiles.ts';
import type { SalesActivities } from './regions.activities.ts';

const shops = activities<SalesActivities>('shops', QUICK);

const Regions = () => z.record(z.string(), z.array(z.string()));

export const regions = pipeline(
  {
    name: 'regions',
    description: 'a map in a map, and two reductions',
    params: () => z.object({ regions: Regions().default({ north: ['a', 'b'], south: ['c'] }) }),
    tags: ['example'],
  },
  (run) => {
    const list = run.task('list', () => Object.entries(run.params.regions));
    const totals = run.map('region', { over: list }, async ([region, names]) => {
      const sold = run.map('shop', { over: names }, (shop) => shops.sales({ region, shop }));
      return { region, cents: valuesOf(await sold).reduce((sum, cents) => sum + cents, 0) };
    });
    return run.task('total', { after: [totals] }, (mapped) =>
      valuesOf(mapped).reduce((sum, { cents }) => sum + cents, 0),
    );
  },
);
