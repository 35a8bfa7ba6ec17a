import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { taskLabel } from '../domain/activity-id.ts';
import type { RunInput } from '../domain/run-input.ts';
import type { RunRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { createProbe } from './testing/probe.ts';
import { rounds } from './testing/waiting.ts';

const probe = createProbe();
let kit: Kit;
const fireTime = '2026-06-02T00:00:00Z';

beforeAll(async () => {
  kit = await startKit({ pipelines: [rounds], activities: probe.activities });
});
afterAll(() => kit.stop());

async function attempt(input: RunInput & { key: string }): Promise<RunRecord> {
  await kit.execute(rounds, { fireTime, ...input }).catch(() => undefined);
  const record = await kit.ledger.record(`rounds.${input.key}-${fireTime}`, Number(input.attempt ?? 1));
  if (record === undefined) throw new Error(`no record of ${input.key}`);
  return record;
}

function rows({ tasks }: RunRecord): unknown[] {
  return tasks
    .filter(({ name }) => name === 'fit')
    .map(({ name, index, state, result }) => [taskLabel(name, index), state, result]);
}

function redone({ tasks }: RunRecord): string[] {
  return tasks.filter(({ fromMemo }) => !fromMemo).map(({ name, index }) => taskLabel(name, index));
}

describe('a loop', () => {
  test('hands each turn the result of the one before, until one will do', async () => {
    const record = await attempt({ key: 'good' });
    expect(record).toMatchObject({ state: 'success', result: 103 });
    expect(rows(record)).toEqual([
      ['fit', 'success', 103],
      ['fit[0]', 'success', 101],
      ['fit[1]', 'success', 102],
      ['fit[2]', 'success', 103],
    ]);
    expect(record.tasks.map(({ tries }) => tries)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('has one turn where that will do', async () => {
    expect(rows(await attempt({ key: 'once', params: { good: 0 } }))).toEqual([
      ['fit', 'success', 101],
      ['fit[0]', 'success', 101],
    ]);
  });

  test('fails after its last turn, or takes what there is where it may', async () => {
    const failed = await attempt({ key: 'never', params: { good: 9 } });
    expect(failed.tasks.find(({ name, index }) => name === 'fit' && index === undefined)).toMatchObject({
      state: 'failed',
      error: { type: 'LoopExhausted', details: { turns: 4 } },
    });
    const taken = await attempt({ key: 'taken', params: { good: 9, onMax: 'last' } });
    expect(taken).toMatchObject({ state: 'success', result: 104 });
  });

  test('goes on with the turn that failed, and keeps those before it', async () => {
    probe.fail('turn 1', { type: 'Broken' });
    const failed = await attempt({ key: 'again' });
    expect(failed.error?.message).toContain('fit (Broken: turn 1 went wrong)');
    const again = await attempt({ key: 'again', attempt: 2, rerun: { onlyFailed: true } });
    expect(redone(again)).toEqual(['fit', 'use', 'fit[1]', 'fit[2]']);
    expect(again.result).toBe(103);
  });

  test('does all turns again that come after the one from which it is run again', async () => {
    await attempt({ key: 'from' });
    const again = await attempt({ key: 'from', attempt: 2, rerun: { from: ['fit[1]'] } });
    expect(redone(again)).toEqual(['fit', 'use', 'fit[1]', 'fit[2]']);
  });
});
