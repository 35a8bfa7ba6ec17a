/** Who is served first where workers have less room than tasks want. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startKit, type Kit } from './testing/kit.ts';
import { crowd, poolMap } from './testing/pool-pipelines.ts';

const MANY = 100;
const FEW = 5;

const served: string[] = [];
let kit: Kit;

beforeAll(async () => {
  kit = await startKit({
    pipelines: [crowd, poolMap],
    // Roomy: it is the worker that has no room.
    pools: { narrow: MANY + FEW },
    worker: { maxConcurrentActivityTaskExecutions: 2 },
    activities: {
      'taking.turn': async ({ task }: { task: string }) => {
        served.push(task);
        await sleep(40);
      },
    },
  });
});
afterAll(() => kit.stop());

describe('a pipeline with a few tasks', () => {
  test(
    'does not wait for another that has a hundred in the queue before them',
    { timeout: 60_000 },
    async () => {
      const many = await kit.start(crowd, { key: 'many', params: { tasks: MANY } });
      while (served.length < 10) await sleep(20);
      const few = await kit.start(poolMap, { key: 'few', params: { items: FEW } });
      const before = served.length;
      await few.result();
      const overtakenBy = served.length - before - FEW;
      await many.result();
      expect(served).toHaveLength(MANY + FEW);
      expect(overtakenBy).toBeLessThan(MANY / 2);
    },
  );
});
