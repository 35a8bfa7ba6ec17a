/** Pipelines that put the engine to the test, one for each of its promises. */
import { ApplicationFailure, sleep, uuid4 } from '@temporalio/workflow';
import { z } from 'zod';
import { valuesOf } from '../../domain/mapped.ts';
import { activities } from '../activities.ts';
import { pipeline } from '../pipeline.ts';
import { QUICK } from '../profiles.ts';
import { Skipped } from '../references.ts';

/** Implemented by each test as it likes. */
export interface ProbeActivities {
  echo(value: unknown): Promise<unknown>;
  /** Fails as often as the test has said for this key. */
  flaky(key: string): Promise<string>;
  large(bytes: number): Promise<string>;
}

const probe = activities<ProbeActivities>('probe', QUICK);

export const diamond = pipeline(
  { name: 'diamond', params: () => z.object({ word: z.string().default('assay') }), tags: ['test'] },
  async (run) => {
    const start = run.task('start', () => probe.echo(run.params.word));
    const left = run.task('left', { after: [start] }, (word) => probe.echo(`${String(word)}-left`));
    const right = run.task('right', { after: [start] }, (word) => probe.echo(`${String(word)}-right`));
    return run.task('end', { after: [left, right] }, (one, two, task) => ({ one, two, key: task.key }));
  },
);

export const strict = pipeline(
  { name: 'strict', params: () => z.object({ day: z.iso.date(), limit: z.int().positive() }) },
  (run) => run.params.day,
);

export const branches = pipeline({ name: 'branches', model: () => 'stays' }, (run) => {
  const bad = run.task('bad', () => probe.flaky('bad'));
  run.task('after-bad', { after: [bad] }, (word) => word);
  const good = run.task('good', () => probe.echo('good'));
  run.task('after-good', { after: [good] }, (word) => probe.echo(word));
  run.task('whatever', { after: [bad, good], when: 'all_done' }, (first, second) => [
    first.state,
    second.state,
  ]);
  const optional = run.task('optional', { mayFail: true }, () => probe.flaky('optional'));
  run.task('after-optional', { after: [optional], when: 'all_failed' }, (outcome) => outcome.state);
});

export const patient = pipeline({ name: 'patient' }, async (run) => {
  const retries = {
    attempts: 4,
    delay: '50ms',
    on: [
      { error: 'RateLimited', delay: '100ms' },
      { error: 'AccessDenied', fail: true },
    ],
  } as const;
  return run.task('fetch', { retries }, () => probe.flaky('fetch'));
});

export const forgiving = pipeline(
  {
    name: 'forgiving',
    retries: { attempts: 2, delay: '10ms' },
    params: () => z.object({ inside: z.boolean().default(false) }),
  },
  (run) => {
    const again = () => run.task('again', () => probe.flaky('again'));
    return run.params.inside ? run.task('around', { timeout: '5m' }, async () => again()) : again();
  },
);

/** Each failure waits for somebody to decide; long enough for several histories. */
export const holding = pipeline(
  {
    name: 'holding',
    onFailure: 'hold',
    params: () => z.object({ holdFor: z.string().default('1h'), steps: z.int().default(0) }),
    continueAfterEvents: 40,
  },
  async (run) => {
    const numbers = Array.from({ length: run.params.steps }, (_, at) => at);
    let last = run.task('first', () => probe.echo('first'));
    for (const at of numbers) last = run.task(`step-${at}`, { after: [last] }, () => probe.echo(at));
    const bad = run.task('bad', () => probe.flaky('held'));
    const after = run.task('after', { after: [bad] }, (word) => probe.echo(`after ${word}`));
    const items = run.map('item', { over: ['a', 'b'] }, (letter) => probe.flaky(`item-${letter}`));
    const [word, letters] = [await after.outcome(), await items.outcome()];
    await last;
    return { word, letters };
  },
);

export const shortHold = pipeline({ name: 'shortHold', onFailure: 'hold', holdFor: '300ms' }, (run) => {
  run.task('bad', () => probe.flaky('held'));
});

export const bounded = pipeline({ name: 'bounded', timeout: '700ms' }, async (run) => {
  run.finally('clean-up', ({ state, ended }) => probe.echo(`${state} by ${ended?.type}`));
  const slow = run.task('slow', () => sleep('10m'));
  run.task('after-slow', { after: [slow] }, () => 'never');
  await slow;
});

export const awaiting = pipeline({ name: 'awaiting' }, async (run) => {
  const first = run.task('first', () => probe.echo(2));
  const count = Number(await first);
  const chosen =
    count > 1 ? run.task('many', () => probe.echo('many')) : run.task('one', () => probe.echo('one'));
  const caught = run.task('risky', () => probe.flaky('risky'));
  try {
    await caught;
  } catch (error) {
    run.task('rescue', () => (error instanceof ApplicationFailure ? (error.type ?? '') : 'unknown'));
  }
  return chosen;
});

export const skipping = pipeline({ name: 'skipping' }, async (run) => {
  const gate = run.task('gate', () => run.skip('nothing to do'));
  run.task('after-gate', { after: [gate] }, () => 'never');
  run.task('in-any-case', { after: [gate], when: 'none_failed' }, (outcome) => outcome.state);
  await gate;
  run.task('not-created', () => 'never');
});

export const fanOut = pipeline(
  {
    name: 'fanOut',
    params: () => z.object({ items: z.int(), bytes: z.int().default(10), concurrency: z.int().default(100) }),
  },
  async (run) => {
    const { items, bytes, concurrency } = run.params;
    const list = run.task('list', () => Array.from({ length: items }, (_, at) => at));
    const mapped = run.map('work', { over: list, concurrency }, (item, task) =>
      probe.flaky(`${item}:${bytes}:${task.key}`),
    );
    return run.task('reduce', { after: [mapped] }, (results) => probe.echo(results));
  },
);

export const nested = pipeline({ name: 'nested' }, async (run) => {
  const groups = run.map('group', { over: [['a', 'b'], ['c']] }, async (letters, { index }) => {
    const clean = run.task('clean', () => probe.echo(`clean ${String(index)}`));
    const inner = run.map('letter', { over: letters, after: [clean] }, (letter) => probe.flaky(letter));
    return valuesOf(await inner).join('');
  });
  return run.task('join', { after: [groups] }, (results) => valuesOf(results).join('|'));
});

export const tidy = pipeline({ name: 'tidy' }, async (run) => {
  run.finally('clean-up', ({ state }) => probe.echo(`cleaned after ${state}`));
  await run.task('wait', async () => {
    await sleep('10m');
  });
});

export const untidy = pipeline({ name: 'untidy' }, (run) => {
  run.finally('clean-up', ({ failed }) => probe.echo(failed.map(({ task }) => task)));
  run.task('bad', () => probe.flaky('bad'));
});

/** Each of its tasks shows what it was given. */
export const testable = pipeline(
  { name: 'testable', params: () => z.object({ word: z.string() }) },
  async (run) => {
    const first = run.task('first', () => probe.echo(run.params.word));
    const both = run.map('both', { over: ['a', 'b'], after: [first] }, (letter) => probe.flaky(letter));
    const word = await first;
    // A way that no run has ever gone.
    if (run.key === 'lost' && run.attempt > 1) await run.task('elsewhere', () => 'never');
    const last = run.task('last', { after: [both] }, (letters, { key }) => ({ word, letters, key }));
    run.task('blocked', { after: [last] }, () => run.skip('not today'));
    run.signal('never', { after: [last], timeout: '1ms', softFail: true });
    run.map('outer', { over: ['x'], after: [last] }, async (letter) => {
      await run.map('inner', { over: [letter] }, (one) => one);
      return run.task(`in-${letter}`, () => letter);
    });
    return last;
  },
);

/** Side by side. */
export const wide = pipeline(
  { name: 'wide', params: () => z.object({ tasks: z.int(), bytes: z.int() }) },
  async (run) => {
    const at = Array.from({ length: run.params.tasks }, (_, index) => index);
    const done = at.map((one) => run.task(`t${one}`, () => probe.large(run.params.bytes)));
    const { length } = await Promise.all(done);
    await run.signal('go');
    return length;
  },
);

export const oversized = pipeline({ name: 'oversized' }, (run) => {
  run.task('heavy', () => probe.large(70_000));
});

export const timed = pipeline({ name: 'timed' }, (run) => {
  run.task('slow', { timeout: '100ms', retries: { attempts: 2, delay: '10ms' } }, () => sleep('10m'));
});

export const parent = pipeline({ name: 'parent' }, async (run) => {
  const child = run.child('sub', diamond, { params: { word: 'child' }, key: 'sub' });
  return run.task('after', { after: [child] }, (result) => result);
});

export const parentOfFailing = pipeline({ name: 'parentOfFailing' }, (run) => {
  run.child('sub', patient, { key: 'sub' }, { retries: { attempts: 2, delay: '10ms' } });
});

export const parentOfPatient = pipeline({ name: 'parentOfPatient' }, (run) => {
  run.child('sub', tidy, { key: 'sub' });
});

/** Each of its bodies creates tasks, and one fails in the first try of what is around it. */
export const regrouping = pipeline(
  {
    name: 'regrouping',
    params: () => z.object({ steps: z.int().default(0) }),
    continueAfterEvents: 60,
  },
  async (run) => {
    const retries = { attempts: 2, delay: '400ms' } as const;
    const outer = run.task('outer', { retries }, async (task) => {
      const sound = run.task('sound', () => probe.flaky(`sound-${run.key}`));
      const items = run.map('item', { over: ['a', 'b'], after: [sound] }, (letter) =>
        probe.flaky(`${letter}-${run.key}`),
      );
      return { letters: valuesOf(await items), word: await sound, try: task.try };
    });
    // Cut short, together with what its first try has begun.
    const cut = run.task('cut', { retries, timeout: '1s' }, async ({ try: tries }) =>
      run.task('inside', async () => {
        if (tries === 1) await sleep('10m');
        return 'in time';
      }),
    );
    for (const at of Array.from({ length: run.params.steps }, (_, index) => index)) {
      await run.task(`step-${at}`, () => probe.echo(at));
    }
    return { outer: await outer, cut: await cut };
  },
);

/** Takes the way of whichever of two is there first. */
export const racing = pipeline({ name: 'racing' }, async (run) => {
  const slow = run.task('slow', async () => {
    await sleep('300ms');
    return probe.echo('slow');
  });
  const quick = run.task('quick', () => probe.echo('quick'));
  const first = String(await Promise.race([slow, quick]));
  await run.task(`by-${first}`, () => probe.echo(first));
  await slow;
  return run.task('end', () => probe.flaky('race'));
});

/** Long enough for several histories; what an author can see must not change on the way. */
export const longHaul = pipeline(
  {
    name: 'longHaul',
    params: () => z.object({ tasks: z.int(), bytes: z.int().default(10) }),
    continueAfterEvents: 120,
  },
  async (run) => {
    const seen = [Date.now(), Math.random(), uuid4()];
    const first = run.task('first', () => probe.echo(seen));
    const numbers = Array.from({ length: run.params.tasks }, (_, at) => at);
    let last = first;
    for (const at of numbers) {
      last = run.task(`step-${at}`, { after: [last] }, () => probe.large(run.params.bytes));
    }
    await last;
    const retried = run.task('retried', { retries: { attempts: 3, delay: '1s' } }, () =>
      probe.flaky('retried'),
    );
    await retried;
    return { seen, recalled: await first };
  },
);

/** Branches on the date at its top; sees the turn of it, in Temporal's own time, before it is over. */
export const turning = pipeline(
  { name: 'turning', params: () => z.object({ turn: z.iso.datetime() }), continueAfterEvents: 60 },
  async (run) => {
    const turn = Date.parse(run.params.turn);
    const side = (): 'before' | 'after' => (Date.now() < turn ? 'before' : 'after');
    await run.task(`${side()}-first`, () => probe.echo(`first ${side()}`));
    await run.sleepUntil('turn', run.params.turn);
    for (const at of Array.from({ length: 20 }, (_, index) => index)) {
      await run.task(`step-${at}`, () => probe.echo(at));
    }
    return run.task(`${side()}-last`, () => probe.echo(`last ${side()}`));
  },
);

export const careless = pipeline({ name: 'careless' }, (run) => {
  const lost = run.task('lost', { mayFail: true }, () => probe.flaky('lost'));
  void lost;
  try {
    run.skip();
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
  }
  return 'fine';
});
