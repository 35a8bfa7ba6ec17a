import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startKit, type Kit } from '../../workflows/engine/testing/kit.ts';
import { testable } from '../../workflows/engine/testing/pipelines.ts';
import { createProbe } from '../../workflows/engine/testing/probe.ts';
import type { RunServices } from '../runs/services.ts';
import { testTask } from './test-task.ts';

const probe = createProbe();
const fireTime = '2026-05-01T00:00:00Z';
const run = `testable-${fireTime}`;
let kit: Kit;
let services: RunServices;

beforeAll(async () => {
  kit = await startKit({ pipelines: [testable], activities: probe.activities });
  const { ledger, client, taskQueue } = kit;
  services = {
    ledger,
    client: async () => client,
    taskQueue,
    pipelines: new Map([[testable.definition.name, testable.definition]]),
  };
});
afterAll(() => kit.stop());

describe('a task that is tested', () => {
  it('needs a run that is over, and says how to have one', async () => {
    await expect(testTask(services, 'testable', 'last')).rejects.toMatchObject({
      type: 'NoRun',
      next: 'assay runs trigger testable --watch',
    });
  });

  it('runs alone on what that run has, writes under keys of its own, and leaves no trace in the ledger', async () => {
    await kit.execute(testable, { fireTime, params: { word: 'assay' } });
    const record = await kit.ledger.record(run);
    const before = [probe.calls('"assay"'), probe.calls('a')];
    const { outcome, workflowId } = await testTask(services, 'testable', 'last');
    expect(outcome).toMatchObject({
      result: { word: 'assay', letters: { values: ['a', 'b'] } },
    });
    expect(workflowId).toContain(`${run}/test/last-`);
    expect(JSON.stringify(outcome)).not.toContain(`${run}/1/last`);
    expect([probe.calls('"assay"'), probe.calls('a')]).toEqual(before);
    expect(await kit.ledger.record(run)).toEqual(record);
    expect(await kit.ledger.attempts(run)).toEqual([1]);
    expect((await kit.ledger.list()).runs).toHaveLength(1);
  });

  it('may be a map, with all of its items', async () => {
    const before = probe.calls('b');
    expect((await testTask(services, 'testable', 'both', run)).outcome).toEqual({
      result: { length: 2, values: ['a', 'b'] },
    });
    expect(probe.calls('b')).toBe(before + 1);
  });

  it('tells why it failed or was skipped', async () => {
    probe.fail('b', { type: 'Broken' });
    expect((await testTask(services, 'testable', 'both')).outcome).toMatchObject({
      error: { type: 'ItemsFailed', message: expect.stringContaining('Broken: b went wrong') },
    });
    expect((await testTask(services, 'testable', 'blocked')).outcome).toMatchObject({
      error: { type: 'TaskSkipped', message: 'blocked was skipped: not today' },
    });
  });

  it('fails where the function does not come to it any more', async () => {
    await kit.execute(testable, { fireTime, key: 'lost', params: { word: 'assay' } });
    const { outcome } = await testTask(services, 'testable', 'last', `testable.lost-${fireTime}`);
    expect(outcome).toMatchObject({ error: { type: 'TaskNotReached' } });
  });

  it.each([
    ['both[1]', 'is one of the items of', 'both'],
    ['outer[0]', 'is one of the items of', 'outer'],
    ['inner', 'is created inside', 'outer'],
    ['inner[0,0]', 'is created inside', 'outer'],
    ['in-x[0]', 'is created inside', 'outer'],
  ])('is refused where it is %s, which %s %s: that can be tested', async (task, where, instead) => {
    await expect(testTask(services, 'testable', task)).rejects.toMatchObject({
      type: 'NotTestable',
      message: expect.stringContaining(`${task} ${where} ${instead}, and only what`) as string,
      next: `assay pipelines test testable --task ${instead}`,
    });
  });

  it('is refused where there is nothing to test', async () => {
    const refused = (task: string) => testTask(services, 'testable', task).catch((error: unknown) => error);
    for (const nobody of ['lsat', 'both[7]', 'both[']) {
      expect(await refused(nobody)).toMatchObject({ type: 'UnknownTask' });
    }
    expect(await refused('never')).toMatchObject({
      type: 'NotTestable',
      next: expect.stringMatching(/^assay runs show testable/) as string,
    });
    await expect(
      testTask(services, 'testable', 'last', 'testable-2020-01-01T00:00:00Z'),
    ).rejects.toMatchObject({ type: 'UnknownRun' });
  });
});
