import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { formatRunId } from '../../workflows/domain/run-id.ts';
import { dailyFigures } from './latest-only.pipeline.ts';

const DAY = 86_400_000;

describe('the figures of a day', () => {
  let kit: Kit;
  beforeAll(async () => (kit = await startKit({ pipelines: [dailyFigures] })));
  afterAll(() => kit.stop());

  async function states(midnight: number): Promise<Record<string, string>> {
    const [start, end] = [new Date(midnight - DAY).toISOString(), new Date(midnight).toISOString()];
    await kit.execute(dailyFigures, { fireTime: end, interval: { start, end } });
    const record = await kit.ledger.record(formatRunId({ pipeline: 'dailyFigures', fireTime: end }));
    return Object.fromEntries((record?.tasks ?? []).map(({ name, state }) => [name, state]));
  }

  it('are shown unless a later day is due, and kept in any case', async () => {
    const today = Math.floor(Date.now() / DAY) * DAY;
    expect(await states(today - 3 * DAY)).toEqual({
      figures: 'success',
      newest: 'skipped',
      show: 'skipped',
      done: 'success',
    });
    expect(await states(today)).toEqual({
      figures: 'success',
      newest: 'success',
      show: 'success',
      done: 'success',
    });
  });
});
