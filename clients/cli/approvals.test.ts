/** The commands on approvals; the questions and answers themselves are tested on a server. */
import type { Client } from '@temporalio/client';
import { describe, expect, test } from 'vitest';

import type { Ledger } from '../../activities/ledger/contract.ts';
import type { AnswerInput, OpenApproval } from '../../workflows/domain/approval.ts';
import { registerApprovals } from './approvals.ts';
import { typed, type Said } from './testing/typed.ts';

const RUN = 'promotion.readmission-2026-02-01T00:00:00Z';
const OPEN: OpenApproval = {
  run: RUN,
  attempt: 1,
  task: 'approve',
  since: '2026-02-01T06:00:00.000Z',
  until: '2026-02-08T06:00:00.000Z',
  message: 'the gate\nsays hold',
  choices: ['approve', 'reject'],
  multiple: false,
  assignees: ['ann'],
  fields: { limit: { type: 'integer', required: true }, note: { type: 'text' } },
};

interface Ran extends Said {
  readonly sent: readonly AnswerInput[];
}

/** What a worker would say; it takes any answer. */
async function assay(...args: readonly string[]): Promise<Ran> {
  return inWindow(undefined, ...args);
}

async function inWindow(columns: number | undefined, ...args: readonly string[]): Promise<Ran> {
  const sent: AnswerInput[] = [];
  const handle = {
    query: async () => [OPEN],
    describe: async () => ({ status: { name: 'RUNNING' } }),
    executeUpdate: async (_name: string, { args: [answer] }: { args: [AnswerInput] }) => {
      sent.push(answer);
      return { choices: [answer.choice].flat(), by: answer.who, at: '', timedOut: false, fields: {} };
    },
  };
  const client = {
    withDeadline: (_at: number, body: () => unknown) => body(),
    workflow: { getHandle: () => handle },
  } as unknown as Client;
  const holder = { workflowId: RUN, firstRunId: 'first' };
  const ledger = {
    open: async () => [{ run: RUN, attempt: 1, pipeline: 'promotion', holder, claimedAt: '' }],
    attempts: async () => [1],
    holder: async () => holder,
    record: async () => undefined,
  } as unknown as Ledger;
  const services = { ledger, client: async () => client };
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { ...(await typed(registerApprovals, services, ['approvals', ...args], terminal)), sent };
}

describe('assay approvals list', () => {
  test('shows who may answer what until when, on one line, and how', async () => {
    const { code, stdout, stderr } = await assay('list');
    const [, row] = stdout.split('\n');
    expect(code).toBe(0);
    expect(row?.split(/ {2,}/)).toEqual([
      RUN,
      'approve',
      '2026-02-01 06:00:00',
      '2026-02-08 06:00:00',
      'ann',
      'approve | reject',
      'limit*, note',
      'the gate says hold',
    ]);
    expect(stderr).toContain(`assay approvals answer ${RUN} approve CHOICE`);
  });

  test('takes a paragraph for each question where a line is too narrow for it', async () => {
    const { stdout } = await inWindow(60, 'list');
    expect(stdout.split('\n')).toEqual([
      `${RUN}  approve`,
      '  the gate says hold',
      '  choices: approve | reject',
      '  fields: limit*, note',
      expect.stringMatching(/^ {2}for \d+ d, until 2026-02-08 06:00:00, by ann$/),
      '',
    ]);
    expect((await inWindow(200, 'list')).stdout).toBe((await assay('list')).stdout);
  });

  test('prints the questions whole as JSON', async () => {
    expect(JSON.parse((await assay('list', '--json')).stdout)).toEqual([OPEN]);
  });
});

describe('assay approvals answer', () => {
  test('answers in a name, with fields of the types that the question declares', async () => {
    const fields = ['--field', 'limit=3', '--field', 'note=7 = lucky'];
    const ran = await assay('answer', RUN, 'approve', 'reject', '--as', 'ann', '--comment', 'no', ...fields);
    expect(ran.sent).toEqual([
      {
        task: 'approve',
        who: 'ann',
        choice: 'reject',
        comment: 'no',
        fields: { limit: 3, note: '7 = lucky' },
      },
    ]);
    expect(ran).toMatchObject({ code: 0, stdout: `approve of ${RUN}: reject, by ann\n` });
  });

  test('makes several choices at once', async () => {
    const { sent } = await assay('answer', RUN, 'areas', 'north', 'south', '--as', 'ann');
    expect(sent).toMatchObject([{ choice: ['north', 'south'] }]);
  });
});
