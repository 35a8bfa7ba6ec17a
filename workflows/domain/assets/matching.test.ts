import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { allOf, anyOf, rollUp, type AssetCondition } from './condition.ts';
import { isReady, requirementsOf, targetsOf } from './matching.ts';
import { formatPartition, type Partition } from './partition.ts';

const hourly = { cron: '@hourly' } as const;
const daily = { cron: '@daily' } as const;
const weekly = { cron: '@weekly' } as const;

function hour(at: number, key?: string): Partition {
  const text = (hours: number): string =>
    `${new Date(Date.UTC(2026, 0, 4, hours)).toISOString().slice(0, 19)}Z`;
  return { start: text(at), end: text(at + 1), ...(key !== undefined && { key }) };
}

function day(date: string, until: string, key?: string): Partition {
  return { start: `${date}T00:00:00Z`, end: `${until}T00:00:00Z`, ...(key !== undefined && { key }) };
}

interface Event {
  readonly asset: string;
  readonly partition: Partition;
}

/** As the bus does: after each event the partitions that it may have completed are looked at; each starts once. */
function startsOf(condition: AssetCondition, events: readonly Event[]): string[] {
  const there = new Set<string>();
  const started = new Set<string>();
  for (const { asset, partition } of events) {
    there.add(`${asset} ${formatPartition(partition)}`);
    for (const target of targetsOf(condition, asset, partition)) {
      const has = (of: string, part: Partition): boolean => there.has(`${of} ${formatPartition(part)}`);
      if (isReady(condition, requirementsOf(condition, target), has)) started.add(formatPartition(target));
    }
  }
  return [...started].toSorted();
}

describe('the consumers that events start', () => {
  const conditions: Record<string, AssetCondition> = {
    'all of two': allOf('a', 'b'),
    'any of two': anyOf('a', 'b'),
    'hours of a to days': allOf(rollUp('a', { each: hourly, into: daily })),
    'hours of a to days, and b': allOf(rollUp('a', { each: hourly, into: daily }), 'b'),
    'two regions together': allOf({ asset: 'a', keys: ['eu', 'us'] }),
  };

  it('are the same whatever the order of the events, and however often each is told', () => {
    const event = fc.record({
      asset: fc.constantFrom('a', 'b', 'c'),
      partition: fc.oneof(
        fc.tuple(fc.nat(30), fc.constantFrom(undefined, 'eu', 'us')).map(([at, key]) => hour(at, key)),
        fc.constant(day('2026-01-04', '2026-01-05')),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(conditions)),
        fc.array(event, { maxLength: 120 }),
        fc.infiniteStream(fc.nat()),
        (condition, events, numbers) => {
          const repeated = [...events, ...events.slice(0, events.length / 2)];
          const keyed = repeated.map((one) => ({ one, at: Number(numbers.next().value) }));
          const shuffled = keyed.toSorted((a, b) => a.at - b.at).map(({ one }) => one);
          expect(startsOf(condition, shuffled)).toEqual(startsOf(condition, events));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('need every input of all, and one of any, at the same partition', () => {
    const events = [
      { asset: 'a', partition: hour(1) },
      { asset: 'b', partition: hour(2) },
      { asset: 'a', partition: hour(3) },
      { asset: 'b', partition: hour(3) },
    ];
    expect(startsOf(allOf('a', 'b'), events)).toEqual([formatPartition(hour(3))]);
    expect(startsOf(anyOf('a', 'b'), events)).toEqual([1, 2, 3].map((at) => formatPartition(hour(at))));
  });

  it('come with the last of 24 hours, and not with 23', () => {
    const condition = allOf(rollUp('a', { each: hourly, into: daily }));
    const events = Array.from({ length: 24 }, (_, at) => ({ asset: 'a', partition: hour(at) }));
    expect(startsOf(condition, events.slice(1))).toEqual([]);
    expect(startsOf(condition, events)).toEqual([formatPartition(day('2026-01-04', '2026-01-05'))]);
  });

  it('come with the last of 7 days, each region by itself', () => {
    const condition = allOf(rollUp('a', { each: daily, into: weekly }));
    const days = Array.from({ length: 7 }, (_, at) => {
      const date = (plus: number): string =>
        new Date(Date.UTC(2026, 0, 4 + at + plus)).toISOString().slice(0, 10);
      return day(date(0), date(1));
    });
    const of = (key: string): Event[] => days.map((part) => ({ asset: 'a', partition: { ...part, key } }));
    expect(startsOf(condition, [...of('eu'), ...of('us').slice(0, 6)])).toEqual([
      formatPartition(day('2026-01-04', '2026-01-11', 'eu')),
    ]);
  });

  it('count the hours that a day has where the clock is put forward', () => {
    const timezone = 'Europe/Berlin';
    const condition = allOf(rollUp('a', { each: hourly, into: { ...daily, timezone } }));
    const target = { start: '2026-03-28T23:00:00Z', end: '2026-03-29T22:00:00Z' };
    const [requirement] = requirementsOf(condition, target);
    expect(requirement?.partitions).toHaveLength(23);
  });

  it('never come where the parts can not fill the whole', () => {
    const halves = allOf(rollUp('a', { each: { every: '30m' }, into: hourly }));
    const crooked = allOf(rollUp('a', { each: { every: '7h' }, into: daily }));
    const events = Array.from({ length: 60 }, (_, at) => ({ asset: 'a', partition: hour(at) }));
    expect(startsOf(halves, events)).toEqual([]);
    expect(startsOf(crooked, events)).toEqual([]);
    expect(requirementsOf(crooked, day('2026-01-04', '2026-01-05'))).toEqual([
      { asset: 'a', partitions: [] },
    ]);
    const off = { start: '2026-01-04T00:30:00Z', end: '2026-01-04T01:30:00Z' };
    expect(targetsOf(halves, 'a', off)).toEqual([]);
  });

  it('have no key where the keys of several are put together', () => {
    const condition = conditions['two regions together'] ?? allOf('none');
    const events = ['eu', 'us', 'asia'].map((key) => ({ asset: 'a', partition: hour(1, key) }));
    expect(startsOf(condition, events.slice(0, 1))).toEqual([]);
    expect(startsOf(condition, events)).toEqual([formatPartition(hour(1))]);
    expect(targetsOf(condition, 'a', hour(1))).toEqual([]);
  });
});

describe('conditions', () => {
  it.each([
    ['no asset at all', () => allOf()],
    ['a name that is none', () => anyOf('lake/gold')],
    ['a grid that is none', () => rollUp('a', { each: { cron: 'often' }, into: daily })],
  ])('are refused with %s', (_what, make) => {
    expect(make).toThrow(RangeError);
  });
});
