import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKit, type Kit } from './testing/kit.ts';
import { longHaul, turning } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';

const probe = createProbe();
let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ pipelines: [longHaul, turning], activities: probe.activities });
});
afterAll(() => kit.stop());

describe('a run with a long history', () => {
  test('goes on in new ones, and its author sees no difference', async () => {
    probe.fail('retried', { type: 'Broken', permanent: false });
    const fireTime = '2026-05-01T00:00:00Z';
    const handle = await kit.start(longHaul, { fireTime, params: { tasks: 60 } });
    const result = (await handle.result()) as { seen: unknown[]; recalled: unknown[] };
    expect(result.seen).toEqual(result.recalled);
    expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    const record = await kit.ledger.record(`longHaul-${fireTime}`);
    expect(record?.tasks).toHaveLength(62);
    expect(record?.tasks.every(({ state, tries }) => state === 'success' && tries >= 1)).toBe(true);
  });

  test('carries by reference what is too heavy for a payload', async () => {
    const fireTime = '2026-05-02T00:00:00Z';
    await kit.execute(longHaul, { fireTime, params: { tasks: 60, bytes: 60_000 } });
    const record = await kit.ledger.record(`longHaul-${fireTime}`);
    expect(record).toMatchObject({ state: 'success' });
    expect(record?.tasks).toHaveLength(62);
  });

  test('takes the branch of its first day to the end, in each history and in the next attempt', async () => {
    const fireTime = '2026-05-03T00:00:00Z';
    const turn = new Date(Date.now() + 2_500).toISOString();
    const handle = await kit.start(turning, { fireTime, params: { turn } });
    expect(await handle.result()).toBe('last before');
    expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    const again = { fireTime, attempt: 2, rerun: { from: ['step-19'] } } as const;
    expect(await kit.execute(turning, again)).toBe('last before');
    const { tasks = [] } = (await kit.ledger.record(`turning-${fireTime}`)) ?? {};
    expect(tasks).toHaveLength(23);
    expect(tasks.filter(({ fromMemo }) => !fromMemo).map(({ name }) => name)).toEqual([
      'step-19',
      'before-last',
    ]);
    expect(probe.calls('"first before"')).toBe(1);
  });
});
