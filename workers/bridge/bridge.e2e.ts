/**
 * Events over SQS's own protocol, against moto's server, into a real Temporal server: with repetitions, in disorder,
 * with poison among them, two bridges at once, one of which dies, and a store that fails in between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { AssetActivities } from '../../activities/assets/contract.ts';
import { motoMissing, startMoto, type Moto } from '../../testing/moto.ts';
import type { EventRule } from '../../workflows/domain/events/rule.ts';
import { createRandom } from '../../workflows/domain/random.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { arrival, drowsy } from '../../workflows/engine/testing/collecting.ts';
import { createProbe } from '../../workflows/engine/testing/probe.ts';
import { startBridge, type Bridge } from './bridge.ts';
import { createHandler, type CarryOutDeps } from './carry-out.ts';
import { createSqsQueue, type MessageQueue } from './message-queue.ts';
import { createPerform } from './perform.ts';

const SEED = 20_261_121;
const COLLECTOR = `collector-${process.pid}-${Date.now()}`;
const probe = createProbe();
const pipelines = new Map([arrival, drowsy].map(({ definition }) => [definition.name, definition]));

const rules: EventRule[] = [
  {
    name: 'collect',
    on: 'alarm',
    effect: ({ alarm, state }) => ({
      do: 'signal',
      workflow: alarm.startsWith('nobody') ? 'nobody-is-there' : COLLECTOR,
      signal: 'noted',
      payload: `${alarm} ${state}`,
    }),
  },
  {
    name: 'arrive',
    on: 'object-created',
    effect: ({ key }) => {
      if (key.includes('senseless')) throw new Error('the rule does not understand it');
      if (key.includes('unknown')) return { do: 'start', pipeline: 'unknown' };
      const fireTime = '2026-06-01T00:00:00Z';
      if (key.includes('fixed')) {
        return { do: 'start', pipeline: 'arrival', key: 'fixed', params: { object: key }, fireTime };
      }
      return { do: 'start', pipeline: 'arrival', key: 'bridge', params: { object: key } };
    },
  },
  {
    name: 'produce',
    on: 'training-job',
    effect: ({ job, status }) =>
      status === 'Completed'
        ? [
            {
              do: 'asset',
              asset: job,
              partition: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' },
            },
            { do: 'wake', pipeline: 'drowsy' },
          ]
        : undefined,
  },
];

let moto: Moto;
let sqs: SQSClient;
let kit: Kit;
const recorded: string[] = [];
const notes: string[] = [];

beforeAll(async () => {
  if (motoMissing !== undefined) return;
  moto = await startMoto();
  sqs = new SQSClient(moto.client);
  kit = await startKit({ pipelines: [arrival, drowsy], activities: probe.activities });
  await kit.client.workflow.start('collector', { workflowId: COLLECTOR, taskQueue: kit.taskQueue });
});
beforeEach((context) => {
  if (motoMissing !== undefined) context.skip(motoMissing);
});
afterAll(async () => {
  await kit?.client.workflow.getHandle(COLLECTOR).terminate();
  await kit?.stop();
  await moto?.stop();
});

interface Queues {
  readonly url: string;
  readonly dead: string;
}

async function createQueues(name: string): Promise<Queues> {
  const create = async (queue: string, attributes: Record<string, string>): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName: queue, Attributes: attributes }))).QueueUrl ?? '';
  const dead = await create(`${name}-dead`, {});
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 5 });
  return { url: await create(name, { VisibilityTimeout: '3', RedrivePolicy }), dead };
}

async function send(url: string, bodies: readonly string[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, id) => ({ Id: String(id), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  }
}

/** Messages that are there, whoever holds them. */
async function depth(url: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

async function bodiesIn(url: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

const assets: Pick<AssetActivities, 'record'> = {
  record: async ({ asset, key }) => void recorded.push(`${asset} ${key}`),
};

function open(
  url: string,
  change: (deps: CarryOutDeps, queue: MessageQueue) => [CarryOutDeps, MessageQueue] = (...both) => both,
): Bridge {
  const { client, taskQueue, store, ledger } = kit;
  const perform = createPerform({ client, taskQueue, store, ledger, pipelines, assets });
  const [deps, queue] = change({ rules, store, perform }, createSqsQueue(sqs, url, 1));
  return startBridge({
    queue,
    handle: createHandler(deps),
    note: (message, fields) => void notes.push(`${message} ${JSON.stringify(fields)}`),
    patience: { poisonAway: 0, failedAway: 1, pause: 50 },
  });
}

const alarmAt = (number: number, alarm: string): string =>
  JSON.stringify({
    AlarmName: alarm,
    NewStateValue: 'ALARM',
    StateChangeTime: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
  });

/** Many in each second, so that their runs' IDs must give way to one another. */
const objectAt = (number: number, key: string): string =>
  JSON.stringify({
    'detail-type': 'Object Created',
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, number % 5)).toISOString(),
    detail: { bucket: { name: 'lake' }, object: { key, sequencer: String(number) } },
  });

const jobAt = (number: number, status: string): string =>
  JSON.stringify({
    'detail-type': 'SageMaker Training Job State Change',
    time: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
    detail: { TrainingJobName: `job-${number}`, TrainingJobStatus: status },
  });

function count(many: number, make: (number: number) => string): string[] {
  return Array.from({ length: many }, (_, number) => make(number));
}

function shuffled(bodies: readonly string[], seed: number): string[] {
  const random = createRandom(String(seed));
  return bodies
    .map((body) => ({ body, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ body }) => body);
}

async function until(isSo: () => Promise<boolean> | boolean, seconds = 200): Promise<void> {
  for (const started = Date.now(); !(await isSo()); await sleep(100)) {
    if (Date.now() - started > seconds * 1000)
      throw new Error(`it did not come about; noted were ${notes.slice(-5).join('\n')}`);
  }
}

function collected(): Promise<readonly string[]> {
  return kit.client.workflow.getHandle(COLLECTOR).query<readonly string[]>('collected');
}

describe('a bridge', () => {
  it('has every effect of 1,000 events once, however often, in whatever order and amid how much nonsense they come', async () => {
    const { url, dead } = await createQueues('events');
    const good = [
      ...count(540, (number) => alarmAt(number, `alarm-${number}`)),
      ...count(100, (number) => objectAt(number, `landing/${number}.csv`)),
      ...count(60, (number) => jobAt(number, 'Completed')),
      ...count(50, (number) => jobAt(number, 'InProgress')),
    ];
    const poison = [
      ...count(15, (number) => `not even JSON ${number}`),
      ...count(15, (number) => JSON.stringify({ hello: number })),
      ...count(10, (number) => objectAt(1_000 + number, `senseless/${number}`)),
      ...count(10, (number) => objectAt(2_000 + number, `unknown/${number}`)),
    ];
    const again = shuffled(good, SEED).slice(0, 200);
    expect(good.length + poison.length + again.length).toBe(1_000);
    // Before anything is removed: moto rebuilds a queue for that, and forgets what is sent in the same moment.
    await send(url, shuffled([...good, ...again, ...poison], SEED + 1));

    // Dies with what it has received: others get that when its time is over.
    let deaf = 0;
    const dying = open(url, (deps, queue) => [
      deps,
      { ...queue, remove: async () => void (deaf += 1), hold: async () => undefined },
    ]);
    await until(() => deaf >= 3);
    await dying.stop();
    // Of this one's notes of what was done, some are lost between the effect and the note.
    const random = createRandom(String(SEED + 2));
    const failed = new Set<string>();
    const unlucky = open(url, ({ store, ...deps }, queue) => [
      {
        ...deps,
        store: {
          head: (key) => store.head(key),
          putIfAbsent: (key, body) => {
            if (!failed.has(key) && random() < 0.03) {
              failed.add(key);
              throw new Error('the store is away');
            }
            return store.putIfAbsent(key, body);
          },
        },
      },
      queue,
    ]);
    const steady = open(url);
    await until(async () => (await depth(url)) === 0);
    await Promise.all([unlucky.stop(), steady.stop()]);

    const signals = await collected();
    expect(signals.toSorted()).toEqual(count(540, (number) => `alarm-${number} ALARM`).toSorted());
    expect(new Set(recorded).size).toBe(60);
    const runs = await startedRuns(100);
    expect(runs.map(({ object }) => String(object)).toSorted()).toEqual(
      count(100, (number) => `landing/${number}.csv`).toSorted(),
    );
    expect((await bodiesIn(dead)).toSorted()).toEqual(poison.toSorted());
    expect(deaf).toBeGreaterThan(0);
    expect(notes.some((note) => note.includes('the store is away'))).toBe(true);
  }, 400_000);

  it('wakes a sensor that would have looked an hour later, in the runs of its pipeline', async () => {
    const { url } = await createQueues('wake');
    probe.fail('arrived', { type: 'NotYet', permanent: false }, { type: 'NotYet', permanent: false });
    const run = await kit.start(drowsy, { fireTime: '2026-05-01T00:00:00Z' });
    await until(() => probe.calls('arrived') === 1);
    const bridge = open(url);
    await send(url, [jobAt(100, 'Completed')]);
    await until(() => probe.calls('arrived') === 2);
    await send(url, [jobAt(101, 'Completed')]);
    await run.result();
    expect(probe.calls('arrived')).toBe(3);
    await bridge.stop();
  });

  it('does nothing where nobody runs who could be told, and starts no second run of a given fire time', async () => {
    const { url, dead } = await createQueues('nobody');
    const bridge = open(url);
    await send(url, [alarmAt(0, 'nobody'), objectAt(0, 'fixed/first'), objectAt(1, 'fixed/second')]);
    await until(async () => (await depth(url)) === 0);
    await bridge.stop();
    expect(await bodiesIn(dead)).toEqual([]);
    const run = 'arrival.fixed-2026-06-01T00:00:00Z';
    await kit.client.workflow.getHandle(run).result();
    expect(await kit.ledger.attempts(run)).toEqual([1]);
    expect(
      (await kit.ledger.list({ pipeline: 'arrival', limit: 1_000 })).runs.filter((one) =>
        one.run.startsWith('arrival.fixed'),
      ),
    ).toHaveLength(1);
  });

  it('keeps a message from others while it is at work on it for longer than the queue would wait', async () => {
    const { url } = await createQueues('slow');
    let handled = 0;
    const slow = open(url, (deps, queue) => [
      {
        ...deps,
        perform: async () => {
          handled += 1;
          await sleep(5_000);
          return 'done at last';
        },
      },
      queue,
    ]);
    const other = open(url, (deps, queue) => [
      { ...deps, perform: async () => ((handled += 1), 'done') },
      queue,
    ]);
    await other.stop();
    await send(url, [alarmAt(0, 'slow')]);
    await until(() => handled === 1);
    const second = open(url, (deps, queue) => [
      { ...deps, perform: async () => ((handled += 1), 'done') },
      queue,
    ]);
    await until(async () => (await depth(url)) === 0);
    await Promise.all([slow.stop(), second.stop()]);
    expect(handled).toBe(1);
  });

  it('waits, and loses nothing, while the queue can not be reached', async () => {
    const { url } = await createQueues('away');
    let refused = 0;
    const bridge = open(url, (deps, queue) => [
      deps,
      {
        ...queue,
        receive: (signal) => {
          if (refused < 3) {
            refused += 1;
            throw new Error('no such host');
          }
          return queue.receive(signal);
        },
      },
    ]);
    await send(url, [alarmAt(7_000, 'after-all')]);
    await until(async () => (await collected()).includes('after-all ALARM'));
    await bridge.stop();
    expect(notes.filter((note) => note.includes('no such host'))).toHaveLength(3);
  });
});

async function startedRuns(many: number): Promise<{ run: string; object: unknown }[]> {
  const runs: { run: string; object: unknown }[] = [];
  await until(async () => {
    runs.length = 0;
    const { runs: found } = await kit.ledger.list({ pipeline: 'arrival', state: 'success', limit: 1_000 });
    for (const { run } of found) runs.push({ run, object: (await kit.ledger.record(run))?.result });
    return runs.length >= many;
  });
  return runs;
}
