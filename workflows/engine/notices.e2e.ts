/** Who is told what of a run, over real channels on this machine, and what the history holds of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { attempt } from '../../activities/attempt.ts';
import { startReceiver, type Receiver } from '../../activities/notify/testing/receiver.ts';
import { createEnvironmentSecrets } from '../../activities/secrets/environment.ts';
import { createSecrets } from '../../activities/secrets/secrets.ts';
import type { Notice } from '../domain/notices/notice.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { awaiting, diamond, skipping } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';
import { questioning, tardy, telling } from './testing/telling.ts';

const SECRET = 'correct-horse-battery';
const probe = createProbe();
const variables: Record<string, string> = {
  ASSAY_SECRET_SIGNING: `whsec_${Buffer.from(`${SECRET}-with-enough-bytes`).toString('base64')}`,
  ASSAY_SECRET_PASSWORD: SECRET,
};
const secrets = createSecrets({ sources: [createEnvironmentSecrets(variables)] });
let receiver: Receiver;
let kit: Kit;

beforeAll(async () => {
  receiver = await startReceiver();
  variables['ASSAY_SECRET_TEAM_URL'] = `${receiver.url}/team/${SECRET}`;
  kit = await startKit({
    pipelines: [telling, questioning, tardy, diamond, awaiting, skipping],
    activities: {
      ...probe.activities,
      // One that is careless with what it was trusted with.
      'probe.echo': (value: unknown) =>
        secrets.use({ password: 'secret://password' }, async ({ password }) => {
          if (value === 'assay-left') attempt().log(`signing in with ${password}`);
          if (value === 'assay-right') throw new Error(`${password} is not accepted`);
          return value === 'leak' ? password : value;
        }),
    },
    secrets,
    notices: {
      channels: {
        hook: { kind: 'webhook', url: `${receiver.url}/hook`, signingSecret: 'secret://signing' },
        team: { kind: 'slack', url: 'secret://team-url' },
      },
      defaults: [{ on: ['failure', 'deadline'], to: ['hook'] }],
    },
  });
});
beforeEach(() => void receiver.received.splice(0));
afterAll(async () => {
  await kit.stop();
  await receiver.stop();
});

/** Notices by channel, as `event title`, in no order: each is delivered by itself. */
function told(path: 'hook' | 'team'): string[] {
  return receiver.received
    .filter((received) => received.path.startsWith(`/${path}`))
    .map(({ body }) => {
      const message = JSON.parse(body) as { text?: string; data?: Notice };
      return message.data === undefined
        ? (message.text ?? '').split('\n', 1)[0]!
        : `${message.data.event} ${message.data.title}`;
    })
    .toSorted();
}

async function until(enough: () => boolean): Promise<void> {
  await expect.poll(enough, { timeout: 20_000, interval: 50 }).toBe(true);
}

const RUN = 'telling-2026-03-01T00:00:00Z';
const MARCH = { fireTime: '2026-03-01T00:00:00Z' };

describe('notify', () => {
  it('tells what the pipeline declares, to whom it says: retries, skips and the end, each once', async () => {
    probe.fail('flaky', { type: 'Unlucky', permanent: false });
    await kit.execute(telling, MARCH);
    await until(() => receiver.received.length >= 4);
    expect(told('hook')).toEqual([`success ${RUN} succeeded`]);
    expect(told('team')).toEqual([
      `:fast_forward: *${RUN}: none was skipped*`,
      `:repeat: *${RUN}: try 1 of flaky failed*`,
      `:white_check_mark: *${RUN} succeeded*`,
    ]);
  });

  it('tells of a failure with its causes and the command that mends it, and lets the run fail as it would', async () => {
    probe.fail('last', { type: 'Broken' });
    const fireTime = '2026-03-02T00:00:00Z';
    const run = (await kit.start(telling, { fireTime })).result();
    await expect(run).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    await until(() => told('hook').length === 1 && told('team').length === 2);
    const [{ data }] = receiver.received
      .filter(({ path }) => path === '/hook')
      .map(({ body }) => JSON.parse(body) as { data: Notice }) as [{ data: Notice }];
    expect(data).toMatchObject({ event: 'failure', pipeline: 'telling', attempt: 1 });
    expect(data.text).toContain('- last: Broken: last went wrong');
    expect(data.text).toContain('assay runs rerun telling-2026-03-02T00:00:00Z --only-failed');
  });

  it('goes on until a receiver that is down takes it, while the run has long ended', async () => {
    receiver.answer({ status: 503 }, { status: 503 }, { status: 503 });
    await kit.execute(telling, { fireTime: '2026-03-03T00:00:00Z' });
    await until(() => told('hook').length >= 1 && receiver.received.length === 6);
    const ids = receiver.received.flatMap(({ headers }) => headers['webhook-id'] ?? []);
    expect(new Set(ids).size).toBe(1);
  });

  it('tells once of a question, however many histories it waits for its answer', async () => {
    const handle = await kit.start(questioning, { fireTime: '2026-03-04T00:00:00Z' });
    const newest = kit.client.workflow.getHandle(handle.workflowId);
    await expect
      .poll(async () => (await kit.query(newest)).tasks.filter(({ state }) => state === 'success').length, {
        timeout: 20_000,
      })
      .toBe(10);
    expect((await newest.describe()).runId).not.toBe(handle.firstExecutionRunId);
    const answer = { task: 'whether', who: 'ann', choice: 'go' };
    await newest.executeUpdate('answer', { args: [answer] });
    expect(await newest.result()).toBe('go');
    await until(() => told('hook').length > 0);
    expect(told('hook')).toEqual(['approval questioning-2026-03-04T00:00:00Z: whether waits for ann']);
    const record = await kit.ledger.record('questioning-2026-03-04T00:00:00Z');
    expect(record?.tasks[0]).toMatchObject({ name: 'whether', tries: 1 });
  });

  it('costs a run of which nobody wants to hear nothing', async () => {
    const handle = await kit.start(diamond, { params: { word: 'quiet' } });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const types = (events ?? []).map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
    );
    expect(types.filter((type) => type?.startsWith('notify.'))).toEqual([]);
  });
});

describe('a deadline', () => {
  it('is told once while the run or the task is late, across histories, and stands in record and details', async () => {
    const fireTime = '2026-03-05T00:00:00Z';
    const handle = await kit.start(tardy, { fireTime });
    await until(() => told('hook').length === 2);
    const live = await kit.query(handle);
    expect(live.state).toBe('running');
    await handle.result();
    expect(told('hook')).toEqual([
      'deadline slow of tardy-2026-03-05T00:00:00Z is late',
      'deadline tardy-2026-03-05T00:00:00Z is late',
    ]);
    const record = await kit.ledger.record('tardy-2026-03-05T00:00:00Z');
    const missed = record?.deadlines?.filter((deadline) => deadline.missed).map(({ task }) => task);
    expect(missed).toEqual([undefined, 'slow']);
    const { generations } = await historiesOf(handle.workflowId);
    expect(generations).toBeGreaterThan(1);
  });

  it('is kept by a run that succeeds in time, and not counted for one that somebody starts after it', async () => {
    await kit.execute(tardy, { fireTime: '2020-03-05T00:00:00Z', params: { waits: 1 } });
    const record = await kit.ledger.record('tardy-2020-03-05T00:00:00Z');
    // The one by the interval's end went by six years ago.
    expect(record?.deadlines?.some(({ task }) => task === 'never-created')).toBe(false);
    expect(record?.deadlines?.find(({ task }) => task === 'swift')?.missed).toBeUndefined();
  });
});

async function historiesOf(workflowId: string): Promise<{ generations: number }> {
  let generations = 0;
  for await (const _ of kit.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) generations += 1;
  return { generations };
}

describe('a secret', () => {
  it('stands in no history, log or record, whatever an activity does with it', async () => {
    const leaks = [
      await kit.start(diamond, { fireTime: '2026-03-07T00:00:00Z', params: { word: 'assay' } }),
      await kit.start(diamond, { fireTime: '2026-03-08T00:00:00Z', params: { word: 'leak' } }),
    ];
    const results = await Promise.allSettled(leaks.map((handle) => handle.result()));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await until(() => told('hook').length === 2);
    const deliveries = [];
    for await (const { workflowId } of kit.client.workflow.list({
      query: `WorkflowType = 'delivery' AND TaskQueue = '${kit.taskQueue}'`,
    })) {
      deliveries.push(kit.client.workflow.getHandle(workflowId));
    }
    expect(deliveries.length).toBeGreaterThan(2);
    const histories = await Promise.all([...leaks, ...deliveries].map((handle) => handle.fetchHistory()));
    const kept = [];
    for await (const { key } of kit.store.list(''))
      kept.push(Buffer.from(await kit.store.get(key)).toString());
    const text = [...histories.map(plain), ...kept, ...receiver.received.map(({ body }) => body)].join('\n');
    for (const form of [SECRET, Buffer.from(SECRET).toString('base64')]) expect(text).not.toContain(form);
    // The test would see it: what stands in its place is there.
    expect(text).toContain('signing in with secret://password');
    expect(text).toContain('secret://password is not accepted');
    expect(text).toContain('SecretInResult');
  });
});

/** Payloads are bytes in a history; as text they can be searched. */
function plain(history: unknown): string {
  return JSON.stringify(history, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
}
