import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { crowd, limited } from '../../workflows/engine/testing/pool-pipelines.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { listPools, resizePool, type PoolServices } from './pools.ts';

let kit: Kit;
let services: PoolServices;
let release = (): void => undefined;
const held = new Promise<void>((resolve) => {
  release = resolve;
});
let begun = (): void => undefined;
const beginning = new Promise<void>((resolve) => {
  begun = resolve;
});

beforeAll(async () => {
  const pools = { narrow: 2 };
  kit = await startKit({
    pipelines: [crowd, limited],
    pools,
    activities: {
      'taking.turn': async () => {
        begun();
        await held;
      },
    },
  });
  services = {
    client: async () => kit.client,
    taskQueue: kit.taskQueue,
    pools,
    pipelines: new Map([crowd, limited].map(({ definition }) => [definition.name, definition])),
  };
});
afterAll(async () => {
  release();
  await kit.stop();
});

describe('pools', () => {
  it('are listed with who has their slots and who waits, and are resized before anybody asks and after', async () => {
    expect(await listPools(services)).toEqual([
      { name: 'narrow', declared: 2, slots: 2, used: 0, held: [], waiting: [] },
      { name: 'runs-limited', declared: 2, slots: 2, used: 0, held: [], waiting: [] },
    ]);
    expect(await resizePool(services, 'narrow', 1)).toMatchObject({ slots: 1, declared: 2 });
    const run = await kit.start(crowd, { key: 'listed', params: { tasks: 2 } });
    await beginning;
    const [narrow] = await listPools(services);
    expect(narrow).toMatchObject({
      slots: 1,
      used: 1,
      held: [{ id: 'turn-0/1', holder: { workflowId: run.workflowId } }],
      waiting: [{ id: 'turn-1/1' }],
    });
    release();
    await run.result();
  });

  it('that nobody has declared, and numbers that are none, are refused', async () => {
    await expect(resizePool(services, 'nowhere', 1)).rejects.toMatchObject({
      type: 'UnknownPool',
      next: 'assay pools list',
    });
    await expect(resizePool(services, 'narrow', 1.5)).rejects.toMatchObject({ type: 'InvalidSlots' });
  });
});
