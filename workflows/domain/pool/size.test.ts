import { describe, expect, it } from 'vitest';

import { emptyPool, Pool } from './pool.ts';
import { sizeProblem } from './size.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const LARGEST_PAYLOAD = 2 * 1024 * 1024;

describe('sizeProblem', () => {
  it.each([0, 1, 1000])('lets a pool have %d slots', (slots) => {
    expect(sizeProblem(slots)).toBeUndefined();
  });

  it.each([1001, 999_999_999, -1, 1.5, Number.NaN, '8', null])(
    'refuses %j and says what is expected',
    (slots) => {
      expect(sizeProblem(slots)).toMatch(
        /^a pool has (0, 1, 2, … slots|at most 1000 slots, for it must keep)/,
      );
    },
  );

  it('leaves the largest pool with the longest queue under what a new history takes', () => {
    const pool = new Pool(emptyPool(1000));
    for (let run = 0; run < 20_000; run += 1) {
      const holder = {
        workflowId: `hourlyVisits.north-${run}-2026-03-01T00:00:00Z`,
        firstRunId: 'f'.repeat(36),
      };
      pool.hear({ holder, ask: [{ id: 'transform/1', slots: 1, priority: 0, since: NOW + run }] }, NOW);
      if (run === 1000) pool.grant(NOW);
    }
    pool.grant(NOW);
    const { used, waiting } = pool.view();
    expect([used, waiting.length]).toEqual([1000, 10_000]);
    expect(JSON.stringify(pool.carried()).length).toBeLessThan(LARGEST_PAYLOAD);
  });
});
