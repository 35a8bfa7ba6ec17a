import { describe, expect, test } from 'vitest';
import { Desk } from './desk.ts';
import { Scheduler } from './scheduler.ts';
import type { Runtime } from './runtime.ts';
import { createTask, type Task } from './task.ts';

function waiting(name: string): Task {
  const spec = {
    name,
    kind: 'signal',
    upstream: [],
    when: 'all_success',
    retries: {},
    mayFail: false,
  } as const;
  return createTask({ ...spec, body: () => undefined }, { after: [] }, undefined);
}

function openDesk(signals?: ConstructorParameters<typeof Desk>[0]): Desk {
  const desk = new Desk(signals);
  const runtime = { shouldContinue: () => false } as Runtime;
  desk.open(new Scheduler({ runtime, attemptKey: 'run/1', memo: [] }));
  return desk;
}

describe('the desk', () => {
  test('gives each signal to the first that waits for its name', async () => {
    const desk = openDesk();
    const [one, two] = [waiting('one'), waiting('two')];
    const both = Promise.all([desk.awaitSignal(one, 'go'), desk.awaitSignal(two, 'go')]);
    for (const payload of ['first', 'second', 'third']) desk.signal({ name: 'go', payload });
    await both;
    expect([one, two].map(({ progress }) => progress.arrived)).toEqual([
      { payload: 'first' },
      { payload: 'second' },
    ]);
    expect(desk.signals).toEqual([{ name: 'go', payload: 'third' }]);
  });

  test('leaves to the next what comes after somebody has given up waiting', async () => {
    const desk = openDesk();
    const [gone, next] = [waiting('gone'), waiting('next')];
    void desk.awaitSignal(gone, 'go');
    desk.leave(gone);
    desk.signal({ name: 'go', payload: 1 });
    await desk.awaitSignal(next, 'go');
    expect(gone.progress).not.toHaveProperty('arrived');
    expect(next.progress.arrived).toEqual({ payload: 1 });
  });

  test('hands out what the histories before have kept, the oldest first', async () => {
    const desk = openDesk([
      { name: 'go', payload: 'old' },
      { name: 'go', payload: 'new' },
    ]);
    const task = waiting('one');
    await desk.awaitSignal(task, 'go');
    expect(task.progress.arrived).toEqual({ payload: 'old' });
    expect(desk.signals).toEqual([{ name: 'go', payload: 'new' }]);
  });

  test('gives up the oldest where nobody waits for more than can be carried along', () => {
    const desk = openDesk();
    const heavy = 'x'.repeat(100 * 1024);
    const lost = ['a', 'b', 'c'].flatMap((name) => [...desk.signal({ name, payload: heavy })]);
    expect(lost.map(({ name }) => name)).toEqual(['a']);
    expect(desk.signals.map(({ name }) => name)).toEqual(['b', 'c']);
  });
});
