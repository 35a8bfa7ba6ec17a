import { describe, expect, test } from 'vitest';
import type { TaskRef } from './references.ts';
import { held, stage, succeeded, turn } from './testing/stage.ts';

type Stage = ReturnType<typeof stage>;

/** Takes the way of whichever is there first, and then whichever of the rest. */
function race({ run }: Stage, bodies: Readonly<Record<string, () => unknown>>): Promise<string[]> {
  const names = Object.keys(bodies);
  const refs = new Map(
    names.map((name): [string, TaskRef<unknown>] => [name, run.task(name, () => bodies[name]?.())]),
  );
  return (async () => {
    const order: string[] = [];
    while (refs.size > 0) {
      const first = await Promise.race([...refs].map(([name, ref]) => ref.outcome().then(() => name)));
      refs.delete(first);
      order.push(first);
      // What one way leads to may end before the others.
      await run.task(`after-${first}`, () => first);
    }
    return order;
  })();
}

describe('what stands in the memo', () => {
  test('is there again in the order in which it ended, whatever the order of the calls', async () => {
    const first = stage();
    const [a, b, c] = [held(), held(), held()];
    const order = race(first, { a: () => a.until, b: () => b.until, c: () => c.until });
    for (const one of [c, a, b]) {
      one.release('now');
      await turn();
    }
    expect(await order).toEqual(['c', 'a', 'b']);
    const again = stage(first.scheduler.records());
    expect(await race(again, { a: () => 1, b: () => 2, c: () => 3 })).toEqual(['c', 'a', 'b']);
    expect(again.scheduler.records().every(({ fromMemo }) => fromMemo)).toBe(true);
  });

  test('keeps its place where its value must first be fetched', async () => {
    const { run } = stage([
      succeeded('light', { result: 1, endOrder: 2 }),
      succeeded('heavy', { stored: { object: 'ledger', at: 0 }, endOrder: 1 }),
    ]);
    const light = run.task('light', () => 'done again');
    const heavy = run.task('heavy', () => 'done again');
    expect(await Promise.race([light, heavy])).toBe('from ledger');
  });

  test('comes before what ends anew, which counts on from there', async () => {
    const { run, scheduler } = stage([succeeded('old', { endOrder: 7 })]);
    await Promise.all([run.task('new', () => 1), run.task('old', () => 2)]);
    expect(scheduler.records().map(({ name, endOrder }) => [name, endOrder])).toEqual([
      ['new', 8],
      ['old', 7],
    ]);
  });

  test('is there again in that order for a further try of the body that raced it', async () => {
    const { run, pass } = stage();
    const slow = held();
    const outer = run.task('outer', { retries: { attempts: 2, delay: '1s' } }, async ({ try: tries }) => {
      const one = run.task('one', () => slow.until);
      const other = run.task('other', () => 'other');
      const first = await Promise.race([one, other]);
      await one;
      if (tries === 1) throw new Error('once more');
      return first;
    });
    await pass(0);
    slow.release('one');
    await pass(0);
    await pass(1_000);
    expect(await outer).toBe('other');
  });
});
