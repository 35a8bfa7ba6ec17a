import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { squares } from './squares.pipeline.ts';
import { squaresReport } from './trigger-and-await.pipeline.ts';

describe('a pipeline that starts another', () => {
  let kit: Kit;
  beforeAll(async () => (kit = await startKit({ pipelines: [squares, squaresReport] })));
  afterAll(() => kit.stop());

  it('goes on with what that returns, and leaves a record of each', async () => {
    const fireTime = '2026-05-01T00:00:00Z';
    const report = await kit.execute(squaresReport, { fireTime, params: { upTo: 4 } });
    expect(report).toBe('squares up to 4: 30');
    expect(await kit.ledger.record(`squares.report-${fireTime}`)).toMatchObject({
      state: 'success',
      startedBy: `run squaresReport-${fireTime}`,
      result: 30,
    });
  });

  it('fails with the cause when the other refuses what it is given', async () => {
    const fireTime = '2026-05-02T00:00:00Z';
    await expect(kit.execute(squaresReport, { fireTime, params: { upTo: 0 } })).rejects.toMatchObject({
      cause: { type: 'InvalidParams' },
    });
  });
});
