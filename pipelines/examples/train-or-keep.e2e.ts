/** Both branches of a condition on a real server, and what the one that was not taken says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { trainOrKeep } from './train-or-keep.pipeline.ts';

let kit: Kit;
let second = 0;

beforeAll(async () => {
  kit = await startKit({ pipelines: [trainOrKeep] });
});
afterAll(() => kit.stop());

/** The result, and what became of each task: its state, or why it was skipped. */
async function run(params: object): Promise<readonly [unknown, Readonly<Record<string, string>>]> {
  const fireTime = `2026-04-04T00:00:0${(second += 1)}Z`;
  const result = await kit.execute(trainOrKeep, { fireTime, params });
  const record = await kit.ledger.record(`trainOrKeep-${fireTime}`);
  const tasks = record?.tasks.map(({ name, state, reason }) => [name, reason ?? state]) ?? [];
  return [result, Object.fromEntries(tasks) as Record<string, string>];
}

const TRAINED = { train: 'success', announce: 'success', keep: 'there is a new one', serve: 'success' };

describe('trainOrKeep', () => {
  it('trains where there are rows enough and it is no holiday', async () => {
    const [model, tasks] = await run({ rows: 100 });
    expect(model).toBe('the new model');
    expect(tasks).toMatchObject(TRAINED);
  });

  it('trains where it is told to, whatever else holds', async () => {
    const [model, tasks] = await run({ rows: 3, isHoliday: true, isForced: true });
    expect(model).toBe('the new model');
    expect(tasks).toMatchObject(TRAINED);
  });

  it('keeps the old model on holidays, and skips the other branch to its end', async () => {
    const [model, tasks] = await run({ rows: 100, isHoliday: true });
    expect(model).toBe('the old model');
    expect(tasks).toMatchObject({
      train: 'it is a holiday',
      announce: 'train skipped',
      keep: 'success',
      serve: 'success',
    });
  });

  it('keeps it where there are too few rows', async () => {
    expect((await run({ rows: 99 }))[1]).toMatchObject({ train: 'only 99 new rows', keep: 'success' });
  });
});
