import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKit, type Kit } from './testing/kit.ts';
import { parentOfPatient, tidy, untidy } from './testing/pipelines.ts';
import { createProbe } from './testing/probe.ts';

const probe = createProbe();
let kit: Kit;
const fireTime = '2026-03-01T00:00:00Z';

beforeAll(async () => {
  kit = await startKit({ pipelines: [parentOfPatient, tidy, untidy], activities: probe.activities });
});
afterAll(() => kit.stop());

describe('finally', () => {
  test('runs when the run is cancelled, and the run stays cancelled', async () => {
    const handle = await kit.start(tidy, { fireTime });
    while (!(await isWaiting(handle.workflowId))) await sleep(20);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await kit.ledger.record(`tidy-${fireTime}`)).toMatchObject({
      state: 'cancelled',
      tasks: [
        { name: 'wait', state: 'failed', error: { type: 'Cancelled' } },
        { name: 'clean-up', state: 'success', result: 'cleaned after cancelled' },
      ],
    });
  });

  test('knows what failed, and does not hide it', async () => {
    probe.fail('bad', { type: 'Broken' });
    await expect(kit.execute(untidy, { fireTime })).rejects.toMatchObject({ cause: { type: 'RunFailed' } });
    expect(await kit.ledger.record(`untidy-${fireTime}`)).toMatchObject({
      state: 'failed',
      tasks: [{ name: 'bad' }, { name: 'clean-up', result: ['bad'] }],
    });
  });
});

describe('cancelling', () => {
  test('before the run has begun leaves a record, too, and cleans up', async () => {
    const taskQueue = `${kit.taskQueue}-late`;
    const late = '2026-03-02T00:00:00Z';
    const handle = await kit.client.workflow.start('tidy', {
      taskQueue,
      workflowId: `tidy-${late}`,
      args: [{ fireTime: late }],
    });
    await handle.cancel();
    await kit.addWorker({ taskQueue });
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await kit.ledger.record(`tidy-${late}`)).toMatchObject({
      state: 'cancelled',
      tasks: [
        { name: 'wait', state: 'failed', error: { type: 'Cancelled' } },
        { name: 'clean-up', state: 'success', result: 'cleaned after cancelled' },
      ],
    });
  });

  test('a parent cancels its child, which cleans up and leaves its record', async () => {
    const handle = await kit.start(parentOfPatient, { fireTime });
    while (!(await isWaiting(`tidy.sub-${fireTime}`))) await sleep(20);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await kit.ledger.record(`tidy.sub-${fireTime}`)).toMatchObject({
      state: 'cancelled',
      tasks: [{ name: 'wait' }, { name: 'clean-up', result: 'cleaned after cancelled' }],
    });
    expect(await kit.ledger.record(`parentOfPatient-${fireTime}`)).toMatchObject({ state: 'cancelled' });
  });
});

async function isWaiting(workflowId: string): Promise<boolean> {
  const record = await kit.query(kit.client.workflow.getHandle(workflowId)).catch(() => undefined);
  return record?.tasks.some(({ state }) => state === 'running') ?? false;
}
