import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rerun, RunInput } from '../domain/run-input.ts';
import type { RunRecord } from '../domain/run-record.ts';
import { startKit, type Kit } from './testing/kit.ts';
import { awaiting, branches, diamond, nested, racing, regrouping } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';
import type { AnyPipeline } from './definition.ts';

const probe = createProbe();
let kit: Kit;
const fireTime = '2026-02-01T00:00:00Z';

beforeAll(async () => {
  kit = await startKit({
    pipelines: [awaiting, branches, diamond, nested, racing, regrouping],
    activities: probe.activities,
  });
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

  test('takes the way again that its function took, where tasks were raced', async () => {
    probe.fail('race', { type: 'Broken' });
    expect(await attempt(racing, { fireTime })).toMatchObject({ state: 'failed' });
    const again = await attempt(racing, { fireTime, attempt: 2, rerun: { onlyFailed: true } });
    expect(again.state).toBe('success');
    expect(redone(again)).toEqual(['end']);
    expect(again.tasks.map(({ name }) => name)).toEqual(['slow', 'quick', 'by-quick', 'end']);
  });

  test('without a choice runs everything', async () => {
    await attempt(diamond, { fireTime, key: 'all' });
    const again = await attempt(diamond, { fireTime, key: 'all', attempt: 2 });
    expect(redone(again)).toHaveLength(4);
  });
});

describe('a task whose body creates tasks', () => {
  const tried = ({ tasks }: RunRecord): unknown[] =>
    tasks
      .filter(({ name }) => !name.startsWith('step-'))
      .map(({ name, index = [], state, tries }) => `${[name, ...index].join('-')} ${state} ${tries}`);
  const all: unknown[] = [
    'outer success 2',
    'cut success 2',
    'sound success 1',
    'item success 2',
    'inside success 2',
    'item-0 success 1',
    'item-1 success 2',
  ];

  test('is tried again as declared, and only what has failed in it, in one history and over several', async () => {
    for (const [key, steps] of [
      ['short', 0],
      ['long', 15],
    ] as const) {
      probe.fail(`b-${key}`, { type: 'Broken', permanent: false });
      const record = await attempt(regrouping, { fireTime, key, params: { steps } });
      expect(record).toMatchObject({
        state: 'success',
        result: {
          outer: { letters: [`a-${key}`, `b-${key}`], word: `sound-${key}`, try: 2 },
          cut: 'in time',
        },
      });
      expect(tried(record)).toEqual(expect.arrayContaining(all));
      expect(tried(record)).toHaveLength(all.length);
      expect([`sound-${key}`, `a-${key}`, `b-${key}`].map((each) => probe.calls(each))).toEqual([1, 1, 2]);
    }
  });

  test('is not tried again where what has failed in it says that no try can help', async () => {
    probe.fail('b-never', { type: 'Broken', permanent: true });
    const record = await attempt(regrouping, { fireTime, key: 'never' });
    expect(record.tasks[0]).toMatchObject({ name: 'outer', state: 'failed', tries: 1 });
    expect(probe.calls('b-never')).toBe(1);
  });
});
