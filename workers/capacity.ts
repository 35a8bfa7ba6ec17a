/** Starts the workflow that publishes the queues' load where it does not run yet: one for a namespace. */
import type { Client } from '@temporalio/client';

const CAPACITY_ID = 'assay-capacity';

export async function ensureCapacity(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.start('capacity', {
    workflowId: CAPACITY_ID,
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'publishes how much work waits, for autoscaling',
  });
}
