/** Starts the sweeper where it does not run yet: one for a namespace, whoever starts it. */
import type { Client } from '@temporalio/client';

import type { SweeperInput } from '../workflows/sweeper.ts';

const SWEEPER_ID = 'assay-sweeper';

export async function ensureSweeper(
  client: Client,
  taskQueue: string,
  input: SweeperInput = {},
): Promise<void> {
  await client.workflow.start('sweeper', {
    workflowId: SWEEPER_ID,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'writes the records of runs that were cut off',
  });
}
