/** People's answers to a run on a real server, and what comes of their silence. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { answerApproval } from '../../clients/approvals/answer.ts';
import { openApprovals } from '../../clients/approvals/list.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { humanReview } from './human-review.pipeline.ts';

let kit: Kit;
let services: Parameters<typeof answerApproval>[0];

beforeAll(async () => {
  kit = await startKit({ pipelines: [humanReview] });
  services = { ledger: kit.ledger, client: async () => kit.client };
});
afterAll(() => kit.stop());

async function untilAsked(run: string, ...tasks: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const { approvals } = await openApprovals(services, run);
      expect(approvals.map(({ task }) => task)).toEqual(expect.arrayContaining([...tasks]));
    },
    { timeout: 30_000, interval: 100 },
  );
}

async function answerAll(run: string): Promise<void> {
  await untilAsked(run, 'wording', 'audience', 'channels');
  const title = { title: 'March' };
  await answerApproval(services, run, { task: 'wording', who: 'carol', choice: 'submit', fields: title });
  await answerApproval(services, run, { task: 'audience', who: 'carol', choice: 'board' });
  await answerApproval(services, run, { task: 'channels', who: 'carol', choice: ['mail', 'print'] });
}

describe('humanReview', () => {
  it('publishes what people have filled in, chosen and released', async () => {
    const run = 'humanReview-2026-04-01T00:00:00Z';
    const handle = await kit.start(humanReview, { fireTime: '2026-04-01T00:00:00Z' }, run);
    await answerAll(run);
    await untilAsked(run, 'release', 'day');
    const { approvals } = await openApprovals(services, run);
    expect(approvals.find(({ task }) => task === 'release')).toMatchObject({
      message: '"March" to the board, by mail and print?',
      assignees: ['ann', 'bob'],
    });
    const release = { task: 'release', choice: 'approve' };
    await expect(answerApproval(services, run, { ...release, who: 'carol' })).rejects.toThrow(
      /may not answer/,
    );
    await answerApproval(services, run, { ...release, who: 'bob' });
    await answerApproval(services, run, { task: 'day', who: 'bob', choice: 'today' });
    expect(await handle.result()).toEqual({
      title: 'March',
      wards: 10,
      channels: ['mail', 'print'],
      day: 'today',
      releasedBy: 'bob',
    });
    const record = await kit.ledger.record(run);
    expect(record?.tasks.find(({ name }) => name === 'keep')).toMatchObject({ state: 'skipped' });
  });

  it('keeps what nobody releases, and does not wait for the day', async () => {
    const run = 'humanReview-2026-04-02T00:00:00Z';
    const params = { patience: '1s' };
    const handle = await kit.start(humanReview, { fireTime: '2026-04-02T00:00:00Z', params }, run);
    await answerAll(run);
    expect(await handle.result()).toEqual({ kept: 'no reason given' });
    const record = await kit.ledger.record(run);
    const result = (name: string): unknown => record?.tasks.find((task) => task.name === name)?.result;
    expect(result('day')).toMatchObject({ choice: 'tomorrow', by: null, timedOut: true });
    expect(result('release')).toMatchObject({ choice: 'reject', by: null, timedOut: true });
  });
});
