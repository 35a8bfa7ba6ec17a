import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rerun, RunInput } from '../domain/run-input.ts';
import type { RunRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { awaiting, branches, diamond, nested } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';
import type { AnyPipeline } from './definition.ts';

const probe = createProbe();
let kit: Kit;
const fireTime = '2026-02-01T00:00:00Z';

beforeAll(async () => {
  kit = await startKit({ pipelines: [awaiting, branches, diamond, nested], activities: probe.activities });
});
afterAll(() => kit.stop());

/** An attempt, whatever comes of it. */
async function attempt(pipeline: AnyPipeline, input: RunInput): Promise<RunRecord> {
  await kit.execute(pipeline, input).catch(() => undefined);
  const { name } = pipeline.definition;
  const run = `${name}${input.key === undefined ? '' : `.${input.key}`}-${fireTime}`;
  const record = await kit.ledger.record(run, Number(input.attempt ?? 1));
  if (record === undefined) throw new Error(`no record of ${run}`);
  return record;
}

function redone({ tasks }: RunRecord): readonly string[] {
  return tasks
    .filter(({ fromMemo }) => !fromMemo)
    .map(({ name, index }) => (index === undefined ? name : `${name}[${index.join()}]`));
}

describe('a rerun', () => {
  test('from a task runs it and what comes after it, and keeps the rest', async () => {
    await attempt(diamond, { fireTime, params: { word: 'first' } });
    const again = await attempt(diamond, { fireTime, attempt: 2, rerun: { from: ['left'] } });
    expect(redone(again)).toEqual(['left', 'end']);
    expect(again).toMatchObject({
      attempt: 2,
      state: 'success',
      params: { word: 'first' },
      result: { one: 'first-left', key: `diamond-${fireTime}/2/end` },
    });
  });

  test('counts awaited references as what a task comes after', async () => {
    await attempt(awaiting, { fireTime });
    const again = await attempt(awaiting, { fireTime, attempt: 2, rerun: { from: ['first'] } });
    expect(redone(again)).toEqual(['first', 'many', 'risky']);
  });

  test('of what failed keeps what did not', async () => {
    probe.fail('bad', { type: 'Broken' });
    expect(await attempt(branches, { fireTime })).toMatchObject({ state: 'failed' });
    const again = await attempt(branches, { fireTime, attempt: 2, rerun: { onlyFailed: true } });
    expect(again.state).toBe('success');
    expect(redone(again)).toEqual(['bad', 'after-bad', 'whatever']);
  });

  test('runs one item of a map alone, and what comes after the map', async () => {
    await attempt(nested, { fireTime });
    const again = await attempt(nested, { fireTime, attempt: 2, rerun: { from: ['letter[0,1]'] } });
    expect(redone(again)).toEqual(['group', 'join', 'group[0]', 'letter[0]', 'letter[0,1]']);
    expect(again.result).toBe('ab|c');
    expect(again.tasks).toHaveLength(11);
  });

  test('from a task that there is not names those that there are', async () => {
    await attempt(diamond, { fireTime, key: 'wrong' });
    const rerun: Rerun = { from: ['lfet'] };
    const failed = kit.execute(diamond, { fireTime, key: 'wrong', attempt: 2, rerun });
    await expect(failed).rejects.toMatchObject({
      cause: {
        type: 'UnknownTasks',
        message: `diamond.wrong-${fireTime} has no task lfet; it has start, left, right, end`,
      },
    });
  });

  test('without a choice runs everything', async () => {
    await attempt(diamond, { fireTime, key: 'all' });
    const again = await attempt(diamond, { fireTime, key: 'all', attempt: 2 });
    expect(redone(again)).toHaveLength(4);
  });
});
