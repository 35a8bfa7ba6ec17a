/** A scheduler without Temporal, for unit tests: nothing but time and the tests' own promises. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Retries } from '../../domain/retry.ts';
import type { TaskRecord } from '../../domain/run-record.ts';
import { createAuthor } from '../author.ts';
import { Desk } from '../desk.ts';
import type { Run } from '../run.ts';
import type { Runtime, TaskContext } from '../runtime.ts';
import { Scheduler } from '../scheduler.ts';

/** What no further try can mend. */
export class Final extends Error {}

interface StageOptions {
  /** Of tasks that declare none. */
  readonly retries?: Retries;
}

/** A world without Temporal: time passes when a test says so. */
export function stage(memo: readonly TaskRecord[] = [], { retries }: StageOptions = {}) {
  const contexts = new AsyncLocalStorage<TaskContext>();
  const timers: { readonly at: number; readonly fire: () => void }[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  let isLong = false;
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const runtime: Runtime = {
    now: () => now,
    sleep: (ms) => new Promise((fire) => timers.push({ at: now + ms, fire })),
    enter: (task, _ruled, body) => contexts.run(task, body),
    current: () => contexts.getStore(),
    within: (_ms, body) => body(),
    until: async (_at, _summary, work) => ({ value: await work() }),
    polling: (_every, body) => body(),
    causesOf: (error) => [{ type: 'Broken', message: String(error), permanent: error instanceof Final }],
    isCancellation: () => false,
    toError: ({ type, message }, isFinal = true) =>
      isFinal ? new Final(`${type}: ${message}`) : new Error(`${type}: ${message}`),
    idle: turn,
    shouldContinue: () => isLong,
    changed: () => undefined,
    child: unused,
    findRun: unused,
    pools: {
      acquire: async () => undefined,
      giveBack: () => undefined,
      resume: unused,
      told: unused,
      isTold: unused,
    },
    order: { awaitPast: async () => undefined, isLatest: unused },
    ledger: { save: unused, load: unused, result: async ({ object }) => `from ${object}` },
    slices: { run: unused },
  };
  const scheduler = new Scheduler({ runtime, attemptKey: 'run/1', memo });
  const desk = new Desk();
  desk.open(scheduler);
  const facts = { id: 'run', pipeline: 'p', attempt: 1, params: {}, fireTime: '', codeVersion: '' };
  const { run } = createAuthor({
    scheduler,
    runtime,
    facts: { ...facts, interval: { start: '', end: '' } },
    ...(retries !== undefined && { retries }),
    memo: unused,
    desk,
  });
  return {
    run: run as Run,
    scheduler,
    states: () => scheduler.records().map(({ name, state }) => `${name} ${state}`),
    pass: async (ms: number) => {
      now += ms;
      for (const { at, fire } of timers) if (at <= now) fire();
      await turn();
    },
    grow: () => {
      isLong = true;
    },
  };
}

/** Everything that can happen without time has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export function held(): { readonly until: Promise<string>; readonly release: (value: string) => void } {
  let release = (_value: string): void => undefined;
  const until = new Promise<string>((resolve) => {
    release = resolve;
  });
  return { until, release };
}

export const succeeded = (name: string, rest: Partial<TaskRecord> = {}): TaskRecord => ({
  name,
  state: 'success',
  tries: 1,
  after: [],
  fromMemo: false,
  ...rest,
});
