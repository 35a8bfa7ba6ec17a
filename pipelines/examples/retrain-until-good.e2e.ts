/** Turns of a loop on a real server: as many as it takes, each from the one before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { taskLabel } from '../../workflows/domain/activity-id.ts';
import type { RunInput } from '../../workflows/domain/run-input.ts';
import type { RunRecord, TaskRecord } from '../../workflows/domain/run-record.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { retrainUntilGood } from './retrain-until-good.pipeline.ts';

let kit: Kit;
const fireTime = '2026-04-03T00:00:00Z';

beforeAll(async () => {
  kit = await startKit({ pipelines: [retrainUntilGood] });
});
afterAll(() => kit.stop());

async function attempt(input: RunInput): Promise<RunRecord> {
  await kit.execute(retrainUntilGood, { fireTime, ...input }).catch(() => undefined);
  const key = input.key === undefined ? '' : `.${input.key}`;
  const record = await kit.ledger.record(`retrainUntilGood${key}-${fireTime}`, Number(input.attempt ?? 1));
  if (record === undefined) throw new Error('there is no record');
  return record;
}

function turnsOf({ tasks }: RunRecord): readonly TaskRecord[] {
  return tasks.filter(({ name, index }) => name === 'fit' && index !== undefined);
}

describe('retrainUntilGood', () => {
  it('trains until the loss will do, twice as long in every turn, and each turn over its folds', async () => {
    const record = await attempt({ params: { loss: 0.45 } });
    const fits = turnsOf(record).map(({ result }) => result as { steps: number; loss: number });
    expect(record.state).toBe('success');
    expect(fits.map(({ steps }) => steps)).toEqual(fits.map((_, turn) => 2 ** (turn + 1)));
    expect(fits).toHaveLength(5);
    expect(fits.at(-1)?.loss).toBeLessThanOrEqual(0.45);
    expect(fits.slice(0, -1).every(({ loss }) => loss > 0.45)).toBe(true);
    const labels = record.tasks.map(({ name, index }) => taskLabel(name, index));
    expect(labels).toContain(`fold[${fits.length - 1},2]`);
  });

  it('keeps the turns before the one from which it is run again', async () => {
    const again = await attempt({ attempt: 2, rerun: { from: ['fit[1]'] } });
    const [first, ...others] = turnsOf(again);
    expect(first).toMatchObject({ fromMemo: true });
    expect(others.every(({ fromMemo }) => !fromMemo)).toBe(true);
    expect(again.result).toEqual((await kit.ledger.record(`retrainUntilGood-${fireTime}`, 1))?.result);
  });

  it('fails where its turns do not suffice, naming the last of them', async () => {
    const record = await attempt({ key: 'hopeless', params: { loss: 0.01, turns: 3 } });
    expect(record.error?.message).toMatch(/fit \(LoopExhausted: after 3 turns .* fit\[2\]\)/);
    expect(turnsOf(record)).toHaveLength(3);
  });
});
