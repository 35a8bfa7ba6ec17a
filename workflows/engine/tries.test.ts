import { describe, expect, test } from 'vitest';
import type { TaskRecord } from '../domain/run-record.ts';
import type { TaskRef } from './references.ts';
import { Final, held, stage, succeeded, turn } from './testing/stage.ts';

const TWICE = { attempts: 2, delay: '10s' } as const;

function rowsOf(records: readonly TaskRecord[]): unknown[] {
  return records.map(({ name, index, state, tries }) => [[name, ...(index ?? [])].join('-'), state, tries]);
}

/** Fails as often as it is told to. */
function failing(times: number, error = new Error('not yet')): () => string {
  let left = times;
  return () => {
    left -= 1;
    if (left >= 0) throw error;
    return 'done';
  };
}

describe('a task whose body creates tasks, tried again', () => {
  test('keeps those that have succeeded, and tries those again that have failed', async () => {
    const { run, scheduler, pass } = stage();
    let sound = 0;
    const broken = failing(1);
    const keys: string[] = [];
    const outer = run.task('outer', { retries: TWICE }, async () => {
      const one = run.task('sound', () => (sound += 1));
      const other = run.task('broken', { after: [one] }, (_one, { key }) => {
        keys.push(key);
        return broken();
      });
      const last = run.task('last', { after: [other] }, (word) => `${word} at last`);
      return [await one, await last];
    });
    await pass(0);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'up_for_retry', 1],
      ['sound', 'success', 1],
      ['broken', 'failed', 1],
      ['last', 'upstream_failed', 0],
    ]);
    await pass(10_000);
    expect(await outer).toEqual([1, 'done at last']);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'success', 2],
      ['sound', 'success', 1],
      ['broken', 'success', 2],
      ['last', 'success', 1],
    ]);
    expect(sound).toBe(1);
    expect(keys).toEqual(['run/1/broken', 'run/1/broken']);
    expect(scheduler.failures()).toEqual([]);
  });

  test('has the tries of its own tasks again each time', async () => {
    const { run, scheduler, pass } = stage();
    const body = failing(3);
    run.task('outer', { retries: TWICE }, async () => run.task('inner', { retries: TWICE }, () => body()));
    for (const ms of [0, 10_000, 10_000, 10_000]) await pass(ms);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'success', 2],
      ['inner', 'success', 4],
    ]);
  });

  test('is not tried again where a task of its own says that no try can help', async () => {
    const { run, scheduler, pass } = stage();
    const body = failing(9, new Final('no such table'));
    run.task('outer', { retries: TWICE }, async () => {
      const inner = run.task('inner', () => body());
      await run.task('after', { after: [inner] }, () => 'never');
    });
    await pass(0);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'failed', 1],
      ['inner', 'failed', 1],
      ['after', 'upstream_failed', 0],
    ]);
  });

  test('does only those items of its map, and turns of its loop, again that have failed', async () => {
    const { run, scheduler, pass } = stage();
    const seen: string[] = [];
    const item = failing(1);
    const round = failing(1);
    run.task('outer', { retries: { attempts: 3, delay: '10s' } }, async () => {
      await run.map('item', { over: ['a', 'b'] }, (letter) => {
        seen.push(letter);
        return letter === 'b' ? item() : letter;
      });
      await run.loop('round', { max: 3, until: (_result, turn) => turn === 2 }, (_before, { index }) => {
        seen.push(`turn ${String(index)}`);
        return index?.at(-1) === 1 ? round() : 'first';
      });
    });
    for (const ms of [0, 10_000, 0, 20_000, 0, 0]) await pass(ms);
    expect(seen).toEqual(['a', 'b', 'b', 'turn 0', 'turn 1', 'turn 1']);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'success', 3],
      ['item', 'success', 2],
      ['item-0', 'success', 1],
      ['item-1', 'success', 2],
      ['round', 'success', 2],
      ['round-0', 'success', 1],
      ['round-1', 'success', 2],
    ]);
  });

  test('takes over what is still at work, and refuses two of one name in one try', async () => {
    const { run, scheduler, pass } = stage();
    const slow = held();
    let began = 0;
    const quick = failing(1);
    const outer = run.task('outer', { retries: TWICE }, async () => {
      const long = run.task('long', () => {
        began += 1;
        return slow.until;
      });
      const short = run.task('short', () => quick());
      return Promise.all([long, short]);
    });
    await pass(0);
    await pass(10_000);
    slow.release('there');
    expect(await outer).toEqual(['there', 'done']);
    expect(began).toBe(1);
    const twice = run.task('twice', { retries: TWICE }, async () => {
      await run.task('same', () => 1);
      await run.task('same', () => 2);
    });
    await expect(twice).rejects.toThrow(/DuplicateTask.*two tasks named same/);
    expect(scheduler.failures().map(({ label }) => label)).toEqual(['twice']);
  });

  test('counts what its last try did without as removed, with all inside, and not as a failure', async () => {
    const { run, scheduler, states, pass } = stage();
    const late = held();
    run.task('outer', { retries: TWICE }, async ({ try: tries }) => {
      if (tries === 2) return run.task('other-way', () => 'there');
      run.task('late', async () => {
        await late.until;
        throw new Error('too late to matter');
      });
      return run.task('one-way', async () =>
        run.task('inmost', () => {
          throw new Error('blocked');
        }),
      );
    });
    await pass(0);
    await pass(10_000);
    late.release('now');
    await turn();
    expect(states()).toEqual([
      'outer success',
      'late removed',
      'one-way removed',
      'inmost removed',
      'other-way success',
    ]);
    expect(scheduler.failures()).toEqual([]);
    await scheduler.settle();
  });

  test('goes on in a new history as it would have in the old one', async () => {
    const first = stage();
    const write = ({ run }: ReturnType<typeof stage>, broken: () => string): TaskRef<unknown> =>
      run.task('outer', { retries: TWICE }, async () => {
        const sound = run.task('sound', () => 'once');
        return [await sound, await run.task('broken', () => broken())];
      });
    write(first, failing(1));
    await first.pass(0);
    // A history in which the next try is not yet due leaves all as it was.
    const second = stage(first.scheduler.records());
    write(second, failing(9));
    await second.pass(0);
    const inside = rowsOf(first.scheduler.records()).slice(1);
    expect(rowsOf(second.scheduler.records())).toEqual([['outer', 'scheduled', 1], ...inside]);
    const third = stage(second.scheduler.records());
    const outer = write(third, () => 'mended');
    await third.pass(10_000);
    expect(await outer).toEqual(['once', 'mended']);
    expect(rowsOf(third.scheduler.records())).toEqual([
      ['outer', 'success', 2],
      ['sound', 'success', 1],
      ['broken', 'success', 2],
    ]);
  });
});

describe('retries that the pipeline gives every task', () => {
  const stageTwice = (memo: readonly TaskRecord[] = []): ReturnType<typeof stage> =>
    stage(memo, { retries: TWICE });

  test('are spent once on what never succeeds, however deep it lies, and wherever its error comes out', async () => {
    const { run, scheduler, pass } = stageTwice();
    let calls = 0;
    run.task('outer', async () => {
      await run.task('middle', async () => {
        const inner = run.task('inner', () => {
          calls += 1;
          throw new Error('never');
        });
        const after = run.task('after', { after: [inner] }, () => 'not reached');
        try {
          await after;
        } catch (error) {
          throw new Error('it is about the inner one', { cause: error });
        }
      });
    });
    for (const ms of [0, 10_000, 10_000, 20_000, 40_000]) await pass(ms);
    expect(calls).toBe(2);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'failed', 1],
      ['middle', 'failed', 1],
      ['inner', 'failed', 2],
      ['after', 'upstream_failed', 0],
    ]);
    expect(scheduler.failures().map(({ label }) => label)).toEqual(['outer', 'middle', 'inner']);
  });

  test('are spent once on each item of a map and turn of a loop inside a task', async () => {
    const { run, scheduler, pass } = stageTwice();
    const done: string[] = [];
    const always = (name: string): never => {
      done.push(name);
      throw new Error('never');
    };
    run.task('mapping', () => run.map('item', { over: ['a', 'b'] }, (letter) => always(letter)));
    run.task('looping', () => run.loop('turn', { max: 3, until: () => true }, () => always('turn')));
    for (const ms of [0, 10_000, 10_000, 20_000, 40_000]) await pass(ms);
    expect(done.toSorted()).toEqual(['a', 'a', 'b', 'b', 'turn', 'turn']);
    expect(rowsOf(scheduler.records())).toEqual(
      expect.arrayContaining([
        ['mapping', 'failed', 1],
        ['looping', 'failed', 1],
      ]),
    );
  });

  test('do not keep a task with retries of its own from being tried again', async () => {
    const { run, scheduler, pass } = stageTwice();
    const body = failing(3);
    run.task('outer', { retries: TWICE }, async () => run.task('inner', () => body()));
    for (const ms of [0, 10_000, 10_000, 10_000]) await pass(ms);
    expect(rowsOf(scheduler.records())).toEqual([
      ['outer', 'success', 2],
      ['inner', 'success', 4],
    ]);
  });

  test('are there for the body’s own failures, and for those of tasks with retries of their own', async () => {
    const { run, scheduler, pass } = stageTwice();
    const [own, other] = [failing(1), failing(1)];
    run.task('outer', async () => {
      await run.task('sound', () => 'once');
      // What it does without is no failure of its own.
      await run.task('hopeless', { mayFail: true }, () => failing(9)()).outcome();
      return own();
    });
    run.task('other', async () => run.task('single', { retries: { attempts: 1 } }, () => other()));
    for (const ms of [0, 10_000, 10_000, 20_000, 20_000]) await pass(ms);
    expect(rowsOf(scheduler.records())).toEqual(
      expect.arrayContaining([
        ['outer', 'success', 2],
        ['sound', 'success', 1],
        ['other', 'success', 2],
        ['single', 'success', 2],
      ]),
    );
  });

  const write = ({ run }: ReturnType<typeof stage>, body: () => string): void => {
    run.task('outer', async () => run.task('inner', () => body()));
  };

  test('are known to be spent in a new history too', async () => {
    const first = stageTwice();
    write(first, failing(9));
    await first.pass(0);
    await first.pass(10_000);
    // The history ended after the inner task had failed, and before its outer one had.
    const memo = first.scheduler
      .records()
      .map((record) => (record.name === 'outer' ? succeeded('outer', { state: 'running' }) : record));
    const second = stageTwice(memo);
    write(second, failing(9));
    for (const ms of [0, 10_000, 20_000]) await second.pass(ms);
    expect(rowsOf(second.scheduler.records())).toEqual([
      ['outer', 'failed', 1],
      ['inner', 'failed', 2],
    ]);
  });
});
