import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PoolHolder, Ticket } from './messages.ts';
import { emptyPool, Pool } from './pool.ts';

const holder = (name: string): PoolHolder => ({ workflowId: name, firstRunId: `${name}-1` });
const ticket = (id: string, rest: Partial<Ticket> = {}): Ticket => ({
  id,
  slots: 1,
  priority: 0,
  since: 0,
  ...rest,
});
const poolOf = (slots: number): Pool => new Pool(emptyPool(slots));

/** Asks one ticket after another, each for a holder of its own name. */
function asked(slots: number, ...tickets: readonly Ticket[]): Pool {
  const pool = poolOf(slots);
  for (const one of tickets) pool.hear({ holder: holder(one.id), ask: [one] }, 0);
  return pool;
}

function granted(pool: Pool): string[] {
  return pool.grant(0).flatMap(({ tickets }) => tickets);
}

describe('a pool', () => {
  test('hands out what it has, the longest waiting first', () => {
    const pool = asked(
      2,
      ticket('late', { since: 3 }),
      ticket('early', { since: 1 }),
      ticket('b', { since: 2 }),
    );
    expect(granted(pool)).toEqual(['early', 'b']);
    expect(granted(pool)).toEqual([]);
    pool.hear({ holder: holder('early'), back: ['early'] }, 0);
    expect(granted(pool)).toEqual(['late']);
  });

  test('serves equals in the order in which they came, also in a new history', () => {
    const pool = asked(0, ticket('b'), ticket('a'), ticket('c', { priority: 1 }));
    const carried = new Pool(JSON.parse(JSON.stringify(pool.carried())));
    carried.resize(3);
    expect(granted(carried)).toEqual(['c', 'b', 'a']);
  });

  test('serves a higher priority first, and keeps room for the first that needs several slots', () => {
    const pool = asked(
      3,
      ticket('small', { since: 1 }),
      ticket('wide', { since: 2, slots: 3 }),
      ticket('later', { since: 3 }),
    );
    expect(granted(pool)).toEqual(['small']);
    pool.hear({ holder: holder('urgent'), ask: [ticket('urgent', { priority: 5, since: 9 })] }, 0);
    expect(granted(pool)).toEqual(['urgent']);
    pool.hear({ holder: holder('small'), back: ['small'] }, 0);
    expect(granted(pool)).toEqual([]);
    pool.hear({ holder: holder('urgent'), back: ['urgent'] }, 0);
    expect(granted(pool)).toEqual(['wide']);
  });

  test('passes over a request for more than there is, until there is as much', () => {
    const pool = asked(2, ticket('wide', { slots: 3 }), ticket('small'));
    expect(granted(pool)).toEqual(['small']);
    pool.resize(4);
    expect(granted(pool)).toEqual(['wide']);
  });

  test('takes nothing away when it is made smaller', () => {
    const pool = asked(2, ticket('a'), ticket('b'), ticket('c'));
    granted(pool);
    pool.resize(1);
    expect(pool.view()).toMatchObject({ slots: 1, used: 2 });
    pool.hear({ holder: holder('a'), back: ['a'] }, 0);
    expect(granted(pool)).toEqual([]);
    pool.hear({ holder: holder('b'), back: ['b'] }, 0);
    expect(granted(pool)).toEqual(['c']);
  });

  test('keeps a size set by hand until the configuration says another', () => {
    const pool = poolOf(4);
    pool.resize(2);
    pool.declare(4);
    expect(pool.view().slots).toBe(2);
    pool.declare(8);
    expect(pool.view().slots).toBe(8);
  });

  test('says a grant again to one that asks again, and to nobody else', () => {
    const pool = asked(2, ticket('a'), ticket('b'));
    granted(pool);
    pool.hear({ holder: holder('a'), ask: [ticket('a')] }, 0);
    const carried = new Pool(pool.carried());
    expect([granted(pool), granted(carried), granted(pool)]).toEqual([['a'], ['a'], []]);
    expect(pool.view().used).toBe(2);
  });

  test('learns from a whole statement what it did not know, and forgets the rest', () => {
    const pool = asked(2, ticket('other'));
    const who = holder('a');
    pool.hear({ holder: who, ask: [ticket('gone')] }, 0);
    pool.hear({ holder: who, whole: true, held: [ticket('kept', { slots: 2 })], ask: [ticket('new')] }, 0);
    expect(pool.view()).toMatchObject({
      used: 2,
      held: [{ id: 'kept' }],
      waiting: [{ id: 'other' }, { id: 'new' }],
    });
  });

  test('has back at once what a holder had that is no more', () => {
    const pool = asked(1, ticket('a'), ticket('b'));
    granted(pool);
    expect(pool.holders()).toEqual([holder('a')]);
    pool.forget(holder('a'));
    expect(granted(pool)).toEqual(['b']);
  });

  test('knows a later attempt of a run from an earlier one', () => {
    const pool = asked(1, ticket('a'));
    granted(pool);
    pool.hear({ holder: { workflowId: 'a', firstRunId: 'another' }, back: ['a'] }, 0);
    expect(pool.view().used).toBe(1);
  });
});

interface Said {
  readonly who: number;
  readonly of: Ticket;
  readonly twice: boolean;
}

type Step =
  | ({ readonly do: 'ask' } & Said)
  | ({ readonly do: 'back' } & Said)
  | { readonly do: 'forget'; readonly who: number }
  | { readonly do: 'whole'; readonly who: number }
  | { readonly do: 'resize'; readonly slots: number }
  | { readonly do: 'carry' };

const HOLDERS = 4;
const IDS = 6;
const who = fc.nat(HOLDERS - 1);
const of = fc.record({
  id: fc.nat(IDS - 1).map((number) => `t${number}`),
  slots: fc.integer({ min: 1, max: 4 }),
  priority: fc.integer({ min: 0, max: 2 }),
  since: fc.nat(20),
});
const said = { who, of, twice: fc.boolean() };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), ...said }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('back' as const), ...said }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('whole' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), slots: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('carry' as const) }) },
);

/** What happens to a pool; a message may come twice. */
function act(pool: Pool, one: Step): Pool {
  if (one.do === 'carry') return new Pool(JSON.parse(JSON.stringify(pool.carried())));
  if (one.do === 'resize') pool.resize(one.slots);
  else if (one.do === 'forget') pool.forget(holder(`h${one.who}`));
  else if (one.do === 'whole') pool.hear({ holder: holder(`h${one.who}`), whole: true }, 0);
  else {
    const said = one.do === 'ask' ? { ask: [one.of] } : { back: [one.of.id] };
    const message = { holder: holder(`h${one.who}`), ...said };
    for (let time = 0; time <= Number(one.twice); time += 1) pool.hear(message, 0);
  }
  return pool;
}

function key({ id, holder: { workflowId } }: { id: string; holder: PoolHolder }): string {
  return `${workflowId}/${id}`;
}

describe('whatever happens to a pool', () => {
  test('it never grants more than it has, serves in order, and leaves nothing idle that somebody could use', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.array(step, { maxLength: 60 }), (slots, steps) => {
        let pool = poolOf(slots);
        for (const one of steps) {
          pool = act(pool, one);
          const before = pool.view();
          pool.grant(0);
          const after = pool.view();
          const held = new Set(before.held.map(key));
          const served = after.held.filter((one) => !held.has(key(one)));
          const sum = after.held.reduce((total, { slots }) => total + slots, 0);
          expect(after.used).toBe(sum);
          expect(after.used).toBeLessThanOrEqual(served.length > 0 ? after.slots : Infinity);
          // Served are exactly the first of those that it can serve at all.
          const able = before.waiting.filter(({ slots }) => slots <= before.slots);
          expect(served.map(key).toSorted()).toEqual(able.slice(0, served.length).map(key).toSorted());
          const next = after.waiting.find(({ slots }) => slots <= after.slots);
          expect(after.used + (next?.slots ?? Infinity)).toBeGreaterThan(after.slots);
          const order = after.waiting.map(({ priority, since }) => [-priority, since] as const);
          expect(order).toEqual(order.toSorted(([p, s], [q, t]) => p - q || s - t));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('everybody who waits is served in the end, and then every slot is free', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let pool = poolOf(2);
        for (const one of steps) pool = act(pool, one);
        pool.resize(4);
        for (let round = 0; round <= HOLDERS * IDS; round += 1) {
          pool.grant(0);
          for (const { holder, id } of pool.view().held) pool.hear({ holder, back: [id] }, 0);
        }
        expect(pool.view()).toEqual({ slots: 4, used: 0, held: [], waiting: [] });
        expect(pool.carried().holders).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
