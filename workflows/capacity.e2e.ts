/** The workflow that publishes for as long as there are workers: a figure that is lost costs that figure alone. */
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { ensureCapacity } from '../workers/capacity.ts';
import { startKit, type Kit } from './engine/testing/kit.ts';

let published = 0;
let kit: Kit;

beforeAll(async () => {
  kit = await startKit({
    pipelines: [],
    activities: {
      'capacity.publish': async () => {
        published += 1;
        throw ApplicationFailure.nonRetryable('throttled', 'Throttled');
      },
    },
  });
});
afterAll(() => kit.stop());

describe('capacity', () => {
  it('is there once however many workers start it, waits for the next minute after a failure, and ends when it is cancelled', async () => {
    await Promise.all([ensureCapacity(kit.client, kit.taskQueue), ensureCapacity(kit.client, kit.taskQueue)]);
    const handle = kit.client.workflow.getHandle('assay-capacity');
    await vi.waitFor(
      async () => {
        const { events } = await handle.fetchHistory();
        expect(events?.at(-1)?.timerStartedEventAttributes?.startToFireTimeout?.seconds?.toString()).toBe(
          '60',
        );
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(published).toBe(1);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });
});
