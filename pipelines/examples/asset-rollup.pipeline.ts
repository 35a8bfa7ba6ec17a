/**
 * Pipelines that start one another by what they produce. Three count a shop's hours; one puts an hour together when all
 * three have it; one puts the day together when it has all its hours; and one waits for half hours, which nobody
 * produces, and so never starts.
 *
 *   $ for each in hourlyOrders hourlyVisits hourlyReturns; do
 *   >   assay backfill create $each --from 2026-03-01 --to 2026-03-02 --watch
 *   > done
 *   $ assay runs list --pipeline dailyShop
 *   $ assay assets list
 */
import { allOf, rollUp } from '../../workflows/domain/assets/condition.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { asset } from '../../workflows/engine/produces.ts';

const HOURLY = { cron: '@hourly' } as const;
const DAILY = { cron: '@daily' } as const;
const HALF_HOURLY = { every: '30m' } as const;

export const hourlyOrders = counting('hourlyOrders', 'shop.orders', 7);
export const hourlyVisits = counting('hourlyVisits', 'shop.visits', 40);
export const hourlyReturns = counting('hourlyReturns', 'shop.returns', 2);

export const hourlyShop = pipeline(
  {
    name: 'hourlyShop',
    description: 'starts when orders, visits and returns have the same hour',
    assets: allOf('shop.orders', 'shop.visits', 'shop.returns'),
    tags: ['example'],
  },
  (run) => run.task('combine', { produces: asset('shop.hours') }, () => run.interval.start),
);

export const dailyShop = pipeline(
  {
    name: 'dailyShop',
    description: 'starts when a day has all its hours: 24, or 23 and 25 where the clock is changed',
    assets: allOf(rollUp('shop.hours', { each: HOURLY, into: DAILY })),
    tags: ['example'],
  },
  (run) =>
    run.task('sum', { produces: asset('shop.days') }, () => {
      const [hours] = run.trigger?.inputs ?? [];
      return { day: run.interval.start, hours: hours?.partitions.length ?? 0 };
    }),
);

export const halfHourlyShop = pipeline(
  {
    name: 'halfHourlyShop',
    description: 'never starts: orders come by the hour, and no hour is a half hour',
    assets: allOf(rollUp('shop.orders', { each: HALF_HOURLY, into: HOURLY })),
    tags: ['example'],
  },
  (run) => run.task('combine', () => run.interval.start),
);

function counting(name: string, produces: string, perHour: number): AnyPipeline {
  const description = `counts an hour, for ${produces}`;
  return pipeline({ name, description, timetable: HOURLY, tags: ['example'] }, (run) =>
    run.task('count', { produces: asset(produces) }, () => perHour * hoursOf(run.interval)),
  );
}

function hoursOf({ start, end }: Interval): number {
  return (Date.parse(end) - Date.parse(start)) / 3_600_000;
}
