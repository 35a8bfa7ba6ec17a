import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Backlog } from './backlog.ts';
import type { PoolHolder, PoolMessage, PoolTold, Ticket } from './messages.ts';
import { emptyPool, Pool, recalledPool, type CarriedPool } from './pool.ts';

const holder = (name: string): PoolHolder => ({ workflowId: name, firstRunId: `${name}-1` });
const ticket = (id: string, since = 0): Ticket => ({ id, slots: 1, priority: 0, since });
const told = (...messages: readonly PoolMessage[]): PoolTold => ({ declared: 2, messages });

/** Two slots, both held: by `a` for x, by `b` for y; `a` also waits for w. */
function before(): CarriedPool {
  const pool = new Pool(emptyPool(2));
  pool.hear({ holder: holder('a'), ask: [ticket('x')] }, 0);
  pool.hear({ holder: holder('b'), ask: [ticket('y')] }, 0);
  pool.hear({ holder: holder('a'), ask: [ticket('w', 1)] }, 0);
  pool.grant(0);
  return recalledPool(pool.carried());
}

function shown(pool: Pool): unknown {
  const { slots, used, held, waiting } = pool.view();
  const places = (list: typeof waiting): string[] =>
    list.map(({ holder: { workflowId }, id }) => `${workflowId} ${id}`);
  // Who has what in which order no pool promises.
  return { slots, used, held: places(held).toSorted(), waiting: places(waiting) };
}

const ids = fc.uniqueArray(fc.constantFrom<string[]>('w', 'x', 'y', 'z'));
/** No two came at the same time: among those the pool promises no order. */
const ticketsOf = (name: string, all: readonly string[]): Ticket[] =>
  all.map((id) => ticket(id, Number.parseInt(id + name, 36)));
const messages: fc.Arbitrary<PoolMessage> = fc
  .record({ name: fc.constantFrom('a', 'b', 'c'), ask: ids, back: ids, held: ids, whole: fc.boolean() })
  .map(({ name, ask, back, held, whole }) => {
    // What a run has it neither asks for nor gives back in the same breath.
    const isFree = (id: string): boolean => !whole || !held.includes(id);
    const wanted = ticketsOf(name, ask.filter(isFree));
    const said = { holder: holder(name), ask: wanted, back: back.filter(isFree) };
    return whole ? { ...said, held: ticketsOf(name, held), whole } : said;
  });

describe('what a pool is told while it does not know who holds its slots', () => {
  test('leaves it as if it had heard each message when it came, whatever was said', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 12 }), fc.boolean(), (said, isCarried) => {
        const [at, backlog] = [new Pool(before()), new Backlog()];
        for (const message of said) at.hear(message, 0);
        for (const message of said) backlog.hear(told(message));
        const later = new Pool(before());
        const kept = isCarried ? new Backlog(JSON.parse(JSON.stringify(backlog.carried()))) : backlog;
        kept.tellTo(later, 0);
        expect(shown(later)).toEqual(shown(at));
      }),
    );
  });

  test('keeps one message of each holder, however often it asks', () => {
    const backlog = new Backlog();
    for (let time = 0; time < 50; time += 1) {
      backlog.hear(told({ holder: holder('a'), ask: [ticket(`t-${time}`)] }));
      backlog.hear(told({ holder: holder('b'), ask: [ticket('same')], whole: true }));
    }
    const { messages: kept, sizes } = backlog.carried();
    expect(kept.map(({ ask = [] }) => ask.length)).toEqual([50, 1]);
    expect(sizes).toEqual([['declared', 2]]);
  });

  test('is shown as far as it goes: who waits, and who says that it holds something', () => {
    const backlog = new Backlog();
    backlog.hear(told({ holder: holder('a'), ask: [ticket('w')], held: [ticket('x')], whole: true }));
    backlog.hear(told({ holder: holder('c'), ask: [ticket('z')] }, { holder: holder('c'), back: ['z'] }));
    const { slots, used, held, waiting } = backlog.view(2, 0);
    expect({ slots, used }).toEqual({ slots: 2, used: 1 });
    expect([held, waiting].map((list) => list.map(({ id }) => id))).toEqual([['x'], ['w']]);
  });

  test('sets the size as it would have been, by hand and by the configuration, in the order in which it was', () => {
    const sizeAfter = (...steps: readonly (readonly ['told' | 'set', number])[]): number => {
      const [backlog, pool] = [new Backlog(), new Pool(before())];
      for (const [how, slots] of steps) {
        if (how === 'set') backlog.resize(slots);
        else backlog.hear({ declared: slots, messages: [] });
      }
      backlog.tellTo(pool, 0);
      return pool.view().slots;
    };
    expect(sizeAfter(['told', 2], ['set', 5], ['told', 2])).toBe(5);
    expect(sizeAfter(['set', 5], ['told', 3])).toBe(3);
    expect(sizeAfter(['told', 3], ['set', 0])).toBe(0);
  });

  test('travels into a new history only so far as there is room, and never loses who holds something', () => {
    const backlog = new Backlog();
    for (let run = 0; run < 60; run += 1) {
      const ask = Array.from({ length: 100 }, (_, at) => ticket(`turn-${at}`));
      backlog.hear(told({ holder: holder(`run-${run}`), ask, held: [ticket('has')], whole: true }));
    }
    const { messages: kept } = backlog.carried();
    expect(kept.reduce((sum, { ask = [] }) => sum + ask.length, 0)).toBe(4_000);
    expect(kept.flatMap(({ held = [] }) => held)).toHaveLength(60);
    expect(JSON.stringify(kept).length).toBeLessThan(1024 * 1024);
  });
});
