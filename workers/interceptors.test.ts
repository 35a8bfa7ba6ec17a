/** What activities get from their worker, in Temporal's own mock of an activity's environment, on a real folder. */
import { setTimeout as sleep } from 'node:timers/promises';

import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';

import { attempt } from '../activities/attempt.ts';
import type { LoggedLine, LogFilter } from '../activities/ledger/contract.ts';
import { createLedger } from '../activities/ledger/ledger.ts';
import { LOG_LIMIT } from '../activities/ledger/log-writer.ts';
import { temporaryStore } from '../activities/ledger/testing/records.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import { RUN_HEADER } from '../workflows/domain/run-header.ts';
import { TRY_FAILED } from '../workflows/domain/tries.ts';
import { createActivityInterceptors } from './interceptors.ts';

/** Failures are wanted here, and the SDK would print each. */
const logger = new DefaultLogger('ERROR');
const RUN = 'medallion-2026-02-01T00:00:00Z';
const SILVER = {
  activityId: 'silver/1/3',
  activityType: 'lake.refine',
  attempt: 1,
  heartbeatTimeoutMs: 8000,
};

type Info = ConstructorParameters<typeof MockActivityEnvironment>[0];

let store: ObjectStore;

beforeEach(async () => {
  store = await temporaryStore();
});

/** The engine's header, which the mock has no way to pass. */
const withHeader: ActivityInterceptorsFactory = () => ({
  inbound: {
    execute(input, next) {
      const payload = defaultPayloadConverter.toPayload({ run: RUN, attempt: 2 });
      return next({ ...input, headers: { ...input.headers, [RUN_HEADER]: payload } });
    },
  },
});

function environment(info: Info = {}): MockActivityEnvironment {
  const ours = createActivityInterceptors({ store, heartbeatEvery: 5, flushEvery: 5 });
  return new MockActivityEnvironment({ ...SILVER, ...info }, { interceptors: [withHeader, ours], logger });
}

function logs(filter?: LogFilter): Promise<LoggedLine[]> {
  return createLedger(store).logs(RUN, 2, filter);
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
}

async function until(happened: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await happened())) await sleep(2);
}

describe('the log of a try', () => {
  it('holds what the activity said, under its run, attempt, task and try', async () => {
    await environment().run(async () => attempt().log('refined', { rows: 7 }));
    expect(await logs()).toMatchObject([
      {
        task: 'silver',
        try: 1,
        activity: 'lake.refine',
        level: 'info',
        message: 'refined',
        fields: { rows: 7 },
      },
    ]);
  });

  it('is readable while the activity still runs', async () => {
    await environment().run(async () => {
      attempt().log('begun');
      await until(async () => (await logs()).length === 1);
    });
    expect(await logs()).toHaveLength(1);
  });

  it('is not written at all for an activity that says nothing and succeeds', async () => {
    await environment().run(async () => 'done');
    expect(await keys()).toEqual([]);
  });

  it('tells a failure with its causes, from the outside to the innermost', async () => {
    const failing = environment().run(async () => {
      const cause = new Error('column age is missing');
      throw ApplicationFailure.create({ message: 'silver failed', type: 'SchemaMismatch', cause });
    });
    await expect(failing).rejects.toMatchObject({ cause: { message: 'silver failed' } });
    const [line] = await logs();
    expect(line).toMatchObject({ level: 'error', message: 'SchemaMismatch: silver failed' });
    expect(line?.fields?.['causes']).toEqual([{ type: 'Error', message: 'column age is missing' }]);
  });

  it('is kept for each try apart, counted over tries of the engine and of the infrastructure', async () => {
    const fail = (text: string) => async (): Promise<never> => {
      throw new Error(text);
    };
    await environment()
      .run(fail('one'))
      .catch(() => undefined);
    await environment({ attempt: 2 })
      .run(fail('two'))
      .catch(() => undefined);
    await environment({ activityId: 'silver/2/4' }).run(async () => attempt().log('three'));
    await environment({ activityId: 'gold/1/5' }).run(async () => attempt().log('other'));
    expect((await logs({ task: 'silver' })).map((line) => [line.try, line.message])).toEqual([
      [1, 'Error: one'],
      [2, 'Error: two'],
      [3, 'three'],
    ]);
    expect(await logs({ task: 'silver', try: 2 })).toHaveLength(1);
  });

  it('gives the items of a map their own logs, and all of them for the map', async () => {
    for (const index of [0, 1]) {
      await environment({ activityId: `score[${index}]/1/${index}` }).run(async () =>
        attempt().log(`item ${index}`),
      );
    }
    expect(await logs({ task: 'score' })).toHaveLength(2);
    expect(await logs({ task: 'score[1]' })).toMatchObject([{ task: 'score[1]', message: 'item 1' }]);
  });

  it('is bounded, says where it was cut, and still tells the failure', async () => {
    const talking = environment().run(async () => {
      for (let line = 0; line < 20_000; line += 1) attempt().log(`line ${line} ${'x'.repeat(100)}`);
      throw new Error('the end');
    });
    await expect(talking).rejects.toMatchObject({ cause: { message: 'the end' } });
    const lines = await logs();
    expect(lines.at(-2)).toMatchObject({
      level: 'warn',
      message: `the log is cut here, at ${LOG_LIMIT} bytes`,
    });
    expect(lines.at(-1)).toMatchObject({ message: 'Error: the end' });
    let bytes = 0;
    for await (const object of store.list('runs/')) bytes += object.bytes;
    expect(bytes).toBeLessThan(LOG_LIMIT + 16 * 1024);
  });

  it('does not fail the work when it cannot be written', async () => {
    const broken = { ...store, put: () => Promise.reject(new Error('disk full')) };
    const ours = createActivityInterceptors({ store: broken });
    const env = new MockActivityEnvironment(SILVER, { interceptors: [withHeader, ours], logger });
    const result = await env.run(async () => {
      attempt().log('hello');
      return 'done';
    });
    expect(result).toBe('done');
  });
});

describe('heartbeats', () => {
  it('come by themselves while an activity with a heartbeat timeout runs, with its last progress', async () => {
    const env = environment();
    const beats: unknown[] = [];
    env.on('heartbeat', (details) => beats.push(details));
    await env.run(async () => {
      attempt().progress({ trial: 3 });
      await until(() => beats.length >= 4);
    });
    expect(beats.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ({ trial: 3 })));
  });

  it('keep the progress of the try before until there is more', async () => {
    const env = environment({ heartbeatDetails: { trial: 7 } });
    const beats: unknown[] = [];
    env.on('heartbeat', (details) => beats.push(details));
    await env.run(async () => {
      expect(attempt().resumeFrom).toEqual({ trial: 7 });
      await until(() => beats.length >= 1);
    });
    expect(beats[0]).toEqual({ trial: 7 });
  });

  it('are not sent for an activity without a heartbeat timeout', async () => {
    const env = environment({ heartbeatTimeoutMs: 0 });
    const beats: unknown[] = [];
    env.on('heartbeat', (details) => beats.push(details));
    await env.run(async () => {
      attempt().progress(1);
      await sleep(30);
    });
    expect(beats).toEqual([]);
  });

  it('bring the news of a cancellation', async () => {
    const env = environment();
    const running = env.run(async () => {
      const { signal } = attempt();
      await until(() => signal.aborted);
      return 'stopped';
    });
    env.cancel('CANCELLED');
    await expect(running).resolves.toBe('stopped');
  });
});

describe('a failed activity', () => {
  const failing = (error: Error, info: Info = {}): Promise<unknown> =>
    environment(info)
      .run(() => Promise.reject(error))
      .catch((reason: unknown) => reason);

  it('of a task ends its try, with the error as the cause, so that the task says whether there is another', async () => {
    const broken = ApplicationFailure.create({ type: 'Broken', message: 'no luck', details: [{ rows: 3 }] });
    const failure = await failing(broken);
    expect(failure).toMatchObject({ type: TRY_FAILED, nonRetryable: true });
    expect((failure as Error).cause).toBe(broken);
  });

  it('of the infrastructure is left to the policy of the activity', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const passing = [
      ApplicationFailure.create({ type: 'StoreUnavailable', message: 'HTTP 503' }),
      Object.assign(new Error('14 UNAVAILABLE'), { code: 14 }),
      new Error('fetch failed', { cause: refused }),
    ];
    for (const error of passing) expect(await failing(error)).toBe(error);
  });

  it('ends its try where the fault would pass but was marked as permanent', async () => {
    const error = ApplicationFailure.nonRetryable('read-only for good', 'StoreUnavailable');
    expect(await failing(error)).toMatchObject({ type: TRY_FAILED });
  });

  it("of the engine's own is no try of anything", async () => {
    const error = new Error('disk full');
    expect(await failing(error, { activityId: '7', activityType: 'ledger.begin' })).toBe(error);
    expect(await failing(error, { activityType: 'ledger.saveMemo' })).toBe(error);
  });
});
