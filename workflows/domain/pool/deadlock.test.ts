import { describe, expect, test } from 'vitest';
import { deadlocked, type Kept, type PoolQueue, type WaitingPlace } from './deadlock.ts';

/** A place of the task `id` of `run`; `keeps` what it has of other pools until it has been served. */
function place(
  run: string,
  id: string,
  slots = 1,
  keeps: readonly (readonly [pool: string, id: string])[] = [],
): WaitingPlace {
  const meanwhile: Kept[] = keeps.map(([pool, task]) => ({ pool, id: task, slots: 1 }));
  return {
    holder: { workflowId: run, firstRunId: `${run}-1` },
    id,
    slots,
    priority: 0,
    since: 0,
    ...(meanwhile.length > 0 && { meanwhile }),
  };
}

function pool(
  name: string,
  slots: number,
  held: readonly WaitingPlace[],
  waiting: readonly WaitingPlace[],
): PoolQueue {
  return { name, slots, held, waiting };
}

function stuck(...pools: readonly PoolQueue[]): string[] {
  return [...deadlocked(pools)].map(({ holder: { workflowId }, id }) => `${workflowId} ${id}`);
}

describe('deadlocked', () => {
  test('names two that each have what the other waits for', () => {
    const a = pool('a', 1, [place('one', 'outer')], [place('two', 'inner', 1, [['b', 'outer']])]);
    const b = pool('b', 1, [place('two', 'outer')], [place('one', 'inner', 1, [['a', 'outer']])]);
    expect(stuck(a, b)).toEqual(['two inner', 'one inner']);
  });

  test('names nobody where one of the slots comes back by itself', () => {
    const a = pool('a', 1, [place('one', 'outer')], [place('two', 'inner', 1, [['b', 'outer']])]);
    const free = place('three', 'alone');
    const b = pool('b', 2, [place('two', 'outer'), free], [place('one', 'inner', 1, [['a', 'outer']])]);
    expect(stuck(a, b)).toEqual([]);
  });

  test('sees a circle of three, and who waits behind it', () => {
    const circle = [
      ['a', 'one', 'three'],
      ['b', 'two', 'one'],
      ['c', 'three', 'two'],
    ] as const;
    const before: Record<string, string> = { a: 'c', b: 'a', c: 'b' };
    const pools = circle.map(([name, has, wants]) =>
      pool(name, 1, [place(has, 'outer')], [place(wants, 'inner', 1, [[before[name] ?? '', 'outer']])]),
    );
    const behind = pool('d', 1, [place('four', 'outer')], []);
    const [first, ...rest] = pools;
    const queue = [...(first?.waiting ?? []), place('four', 'inner', 1, [['d', 'outer']])];
    expect(stuck({ ...(first ?? behind), waiting: queue }, ...rest, behind)).toEqual([
      'three inner',
      'four inner',
      'one inner',
      'two inner',
    ]);
  });

  test('counts one who wants several slots at the head of a queue, whom nobody overtakes', () => {
    const a = pool(
      'a',
      2,
      [place('one', 'outer')],
      [place('big', 'all', 2), place('two', 'inner', 1, [['b', 'outer']])],
    );
    const b = pool('b', 1, [place('two', 'outer')], [place('one', 'inner', 1, [['a', 'outer']])]);
    expect(stuck(a, b)).toEqual(['two inner', 'one inner']);
    // More than the pool has: it is passed over.
    const passed = { ...a, waiting: [place('big', 'all', 3), ...a.waiting.slice(1)] };
    expect(stuck(passed, b)).toEqual([]);
  });
});
