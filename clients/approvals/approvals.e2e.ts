import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';

import { findTemporal } from '../../scripts/temporal.mjs';
import type { AnswerInput } from '../../workflows/domain/approval.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { createProbe } from '../../workflows/engine/testing/probe.ts';
import { asking, unanswered } from '../../workflows/engine/testing/waiting.ts';
import { answerApproval } from './answer.ts';
import { openApprovals } from './list.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const execute = promisify(execFile);
let kit: Kit;
let services: Parameters<typeof answerApproval>[0];

beforeAll(async () => {
  kit = await startKit({ pipelines: [asking, unanswered], activities: createProbe().activities });
  services = { ledger: kit.ledger, client: async () => kit.client };
});
afterAll(() => kit.stop());

interface Started {
  readonly handle: WorkflowHandle;
  readonly run: string;
  readonly firstRunId: string;
}

async function start(fireTime: string): Promise<Started> {
  const run = `asking-${fireTime}`;
  const handle = await kit.start(asking, { fireTime }, run);
  await untilAsked(run, 'approve', 'form');
  return { handle, run, firstRunId: handle.firstExecutionRunId };
}

async function untilAsked(run: string, ...tasks: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    const { approvals } = await openApprovals(services, run);
    expect(approvals.map(({ task }) => task)).toEqual(expect.arrayContaining([...tasks]));
  }, WAIT);
}

async function refusalOf(run: string, answer: object): Promise<unknown> {
  return answerApproval(services, run, answer as AnswerInput).then(
    () => undefined,
    ({ type, message }: { type: string; message: string }) => `${type}: ${message}`,
  );
}

describe('an approval', () => {
  test("is answered by Temporal's own command, and by ours, and its answers are recorded", async () => {
    const fireTime = '2026-07-01T00:00:00Z';
    const { handle, run, firstRunId } = await start(fireTime);
    const { approvals } = await openApprovals(services);
    expect(approvals).toContainEqual(
      expect.objectContaining({
        run,
        task: 'approve',
        message: 'the gate says hold',
        choices: ['approve', 'reject'],
        assignees: ['ann', 'bob'],
        until: expect.any(String),
      }),
    );
    const input = JSON.stringify({ task: 'approve', who: 'ann', choice: 'approve', comment: 'looks fine' });
    const command = process.env['ASSAY_TEMPORAL_BIN'] ?? (await findTemporal())?.path ?? 'temporal';
    const update = [
      'workflow',
      'update',
      'execute',
      '--workflow-id',
      run,
      '--name',
      'answer',
      '--input',
      input,
    ];
    const { stdout } = await execute(command, [...update, '--address', inject('temporalAddress')]);
    expect(stdout).toContain('by:ann choices:[approve]');

    const fields = { limit: 3, note: 'as agreed' };
    const answer = { task: 'form', who: 'carol', choice: ['north', 'south'], fields };
    expect(await answerApproval(services, run, answer)).toMatchObject({ by: 'carol', timedOut: false });
    // Asked in a history before the one in which it is answered.
    await untilAsked(run, 'late');
    const asked = await openApprovals(services, run);
    await vi.waitFor(async () => {
      const { tasks } = await kit.query(handle);
      expect(tasks.find(({ name }) => name === 'step-19')).toMatchObject({ state: 'success' });
    }, WAIT);
    expect((await kit.client.workflow.getHandle(run).describe()).runId).not.toBe(firstRunId);
    expect(await openApprovals(services, run)).toEqual(asked);
    await answerApproval(services, run, { task: 'late', who: 'dan', choice: 'go' });
    expect(await handle.result()).toEqual({
      choice: 'approve',
      by: 'ann',
      choices: ['north', 'south'],
      limit: 3,
      from: '2026-01-31',
      late: 'go',
    });
    const record = await kit.ledger.record(run);
    expect(record?.tasks.find(({ name }) => name === 'approve')).toMatchObject({
      kind: 'approval',
      state: 'success',
      tries: 1,
      question: { message: 'the gate says hold', default: ['reject'] },
      result: { choice: 'approve', by: 'ann', comment: 'looks fine', timedOut: false },
    });
    expect(record?.tasks.find(({ name }) => name === 'late')).toMatchObject({ tries: 1 });
    expect((await openApprovals(services, run)).approvals).toEqual([]);
  });

  test('refuses what is no answer before anything changes', async () => {
    const { handle, run } = await start('2026-07-02T00:00:00Z');
    const before = (await handle.fetchHistory()).events?.length;
    const ann = { who: 'ann', choice: 'approve' };
    const form = { task: 'form', who: 'carol', choice: ['north'] };
    const refusals = await Promise.all(
      [
        { task: 'approve', who: 'mallory', choice: 'approve' },
        { task: 'approve', who: 'ann', choice: 'maybe' },
        { task: 'approve', who: 'ann', choice: ['approve', 'reject'] },
        { task: 'aprove', ...ann },
        { task: 'judged', ...ann },
        { task: 'approve', choice: 'approve' },
        form,
        { ...form, fields: { limit: 11, from: '2026-02-31', colour: 'red' } },
      ].map((answer) => refusalOf(run, answer)),
    );
    expect(refusals).toEqual([
      'NotAssignee: mallory may not answer approve; ann, bob may',
      'WrongChoice: maybe is no choice of approve: approve, reject',
      'WrongChoice: approve takes exactly one of its choices: approve, reject',
      'UnknownTask: there is no task named aprove; waiting for an answer: form, approve',
      'UnknownTask: there is no question in task judged; waiting for an answer: form, approve',
      expect.stringContaining('InvalidAnswer: an answer is {"task"'),
      'InvalidFields: fields of form: limit is missing: a whole number from 1 to 10',
      'InvalidFields: fields of form: colour is unknown; known are limit, from, note; ' +
        'limit must be a whole number from 1 to 10; given: 11; from must be a date such as 2026-01-31; given: "2026-02-31"',
    ]);
    expect((await handle.fetchHistory()).events?.length).toBe(before);
    await answerApproval(services, run, { task: 'approve', who: 'bob', choice: 'reject' });
    expect(await refusalOf(run, { task: 'approve', ...ann })).toMatch(
      /^AlreadyAnswered: approve has been answered by bob, at 2/,
    );
    // Whoever rejects need not fill in the form.
    expect(await answerApproval(services, run, { ...form, choice: ['reject'] })).toMatchObject({
      fields: { from: '2026-01-31' },
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await refusalOf(run, { task: 'late', who: 'dan', choice: 'go' })).toMatch(/^RunNotOpen/);
    const record = await kit.ledger.record(run);
    expect(record?.tasks.find(({ name }) => name === 'late')).toMatchObject({
      state: 'failed',
      error: { type: 'Cancelled' },
    });
  });

  test('that nobody answers is rejected, or what its author says, or fails', async () => {
    const fireTime = '2026-07-03T00:00:00Z';
    expect(await kit.execute(unanswered, { fireTime })).toEqual(['reject', 'b', true]);
    const record = await kit.ledger.record(`unanswered-${fireTime}`);
    expect(record?.tasks.map(({ name, state, error }) => [name, state, error?.type])).toEqual([
      ['rejected', 'success', undefined],
      ['chosen', 'success', undefined],
      ['failed', 'failed', 'ApprovalTimeout'],
      ['both', 'success', undefined],
    ]);
  });

  test('is asked again where the next attempt begins with it, and kept where that begins after it', async () => {
    const fireTime = '2026-07-03T00:00:00Z';
    const input = { fireTime, attempt: 2, rerun: { from: ['chosen'] } };
    const handle = await kit.start(unanswered, input);
    await untilAsked(`unanswered-${fireTime}`, 'chosen');
    await answerApproval(services, `unanswered-${fireTime}`, { task: 'chosen', who: 'ann', choice: 'a' });
    expect(await handle.result()).toEqual(['reject', 'a', true]);
    const record = await kit.ledger.record(`unanswered-${fireTime}`, 2);
    expect(record?.tasks.filter(({ fromMemo }) => fromMemo).map(({ name }) => name)).toEqual(['rejected']);
  });
});
