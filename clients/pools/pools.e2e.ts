import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { poolWorkflowId } from '../../workflows/domain/pool/messages.ts';
import { crowd, limited, nestedTurns } from '../../workflows/engine/testing/pool-pipelines.ts';
import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { registerPools } from '../cli/pools.ts';
import { typed, type Said } from '../cli/testing/typed.ts';
import { listPools, reopenPool, resizePool, type PoolServices } from './pools.ts';

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

/** Resolves when two have come. */
const met: (() => void)[] = [];
function meet(): Promise<void> {
  return new Promise((resolve) => {
    met.push(resolve);
    if (met.length === 2) for (const one of met) one();
  });
}

const assay = (...words: string[]): Promise<Said> => typed(registerPools, services, ['pools', ...words]);

beforeAll(async () => {
  const pools = { narrow: 2, lost: 1, left: 1, right: 1 };
  kit = await startKit({
    pipelines: [crowd, limited, nestedTurns],
    pools,
    // Of a workflow whose code no worker has.
    expects: [/^Failing workflow task/],
    activities: {
      'taking.turn': async ({ task }: { task: string }) => {
        begun();
        await (task.endsWith('/outer') ? meet() : held);
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
      ...['lost', 'left', 'right'].map((name) => ({
        name,
        declared: 1,
        slots: 1,
        used: 0,
        held: [],
        waiting: [],
      })),
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

  it('that can’t learn who held their slots say so, and grant when somebody has them reopened', async () => {
    const workflowId = poolWorkflowId('lost', kit.taskQueue);
    const { taskQueue } = kit;
    const before = await kit.client.workflow.start('poolOfCodeThatIsGone', { workflowId, taskQueue });
    await before.terminate('its workers are gone');
    const run = await kit.start(crowd, { key: 'lost', params: { pool: 'lost' } });
    const lost = async () => (await listPools(services)).find(({ name }) => name === 'lost');
    await vi.waitFor(
      async () =>
        expect(await lost()).toMatchObject({
          waiting: [{ id: 'turn-0/1' }],
          recalling: { why: expect.stringContaining('does not answer') },
        }),
      { timeout: 60_000 },
    );
    const handle = kit.client.workflow.getHandle(workflowId);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toMatch(/^lost grants nothing, since .* assay pools reopen lost$/);
    const { stdout } = await assay('list');
    expect(stdout).toMatch(/^lost +1 +unknown +1$/m);
    expect(stdout).toContain(currentDetails);
    expect(await assay('reopen', 'lost')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^lost grants again: 1 slots, [01] of them known to be in use\n$/),
    });
    await run.result();
    expect(await lost()).not.toHaveProperty('recalling');
  });

  it('whose holders wait for each other say so, and which run to end', async () => {
    const [one, other] = await Promise.all([
      kit.start(nestedTurns, { key: 'one', params: { outer: 'left', inner: 'right' } }),
      kit.start(nestedTurns, { key: 'other', params: { outer: 'right', inner: 'left' } }),
    ]);
    const waitingFor = async (name: string) =>
      (await listPools(services)).find((pool) => pool.name === name)?.waiting;
    await vi.waitFor(
      async () => {
        expect(await waitingFor('right')).toMatchObject([
          {
            holder: { workflowId: one.workflowId },
            id: 'inner/1',
            meanwhile: [{ pool: 'left', id: 'outer/1', slots: 1 }],
            deadlocked: true,
          },
        ]);
        expect(await waitingFor('left')).toMatchObject([{ deadlocked: true }]);
      },
      { timeout: 30_000 },
    );
    const { stdout } = await assay('list');
    expect(stdout).toContain(
      `right: ${one.workflowId} waits for 1 for inner/1, and meanwhile has 1 of left for outer/1\n`,
    );
    const [, run = ''] = /^end one that others wait for: assay runs cancel (\S+)$/m.exec(stdout) ?? [];
    const [ended, freed] = run === one.workflowId ? [one, other] : [other, one];
    expect(ended.workflowId).toBe(run);
    await ended.cancel();
    await freed.result();
    await vi.waitFor(async () => expect((await assay('list')).stdout).not.toContain('wait for'), {
      timeout: 30_000,
    });
  });

  it('that know who holds their slots, or that nobody has asked yet, are not reopened', async () => {
    for (const name of ['narrow', 'runs-limited']) {
      await expect(reopenPool(services, name)).rejects.toMatchObject({
        type: 'PoolIsOpen',
        next: 'assay pools list',
      });
    }
  });

  it('that nobody has declared, and numbers that are none, are refused', async () => {
    await expect(resizePool(services, 'nowhere', 1)).rejects.toMatchObject({
      type: 'UnknownPool',
      next: 'assay pools list',
    });
    await expect(reopenPool(services, 'nowhere')).rejects.toMatchObject({ type: 'UnknownPool' });
    for (const [slots, why] of [
      [1.5, 'a pool has 0, 1, 2'],
      [999_999_999, 'a pool has at most 1000 slots, for it must keep who holds each'],
    ] as const) {
      await expect(resizePool(services, 'narrow', slots)).rejects.toMatchObject({
        type: 'InvalidSlots',
        message: expect.stringContaining(why) as string,
        next: 'assay pools list',
      });
    }
  });
});
