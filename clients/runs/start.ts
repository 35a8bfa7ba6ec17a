/** Starts the workflow of an attempt under the run's own ID, so that at most one is open. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes, type VersioningOverride } from '@temporalio/common';

import type { RunInput } from '../../workflows/domain/run-input.ts';
import type { RunServices } from './services.ts';

/** Temporal's own attribute, by which its schedules tell the nominal time; only it may be set by anyone. */
const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

export interface Start {
  readonly pipeline: string;
  readonly run: string;
  readonly input: RunInput & { readonly fireTime: string };
  /** Of its tasks at the workers, from 1 (soonest) to 5; 3 by default. */
  readonly priority?: number;
  /** By default the workers' current version. */
  readonly versioningOverride?: VersioningOverride;
}

/** @returns false where a workflow of this ID is open */
export async function startRun(
  services: Pick<RunServices, 'client' | 'taskQueue'>,
  start: Start,
): Promise<boolean> {
  const client = await services.client();
  const fireTime = new Date(start.input.fireTime);
  try {
    await client.workflow.start(start.pipeline, {
      workflowId: start.run,
      taskQueue: services.taskQueue,
      args: [start.input],
      // Whether a closed workflow of this ID was an attempt of the run is for the ledger to say, not for Temporal.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      ...(start.priority !== undefined && { priority: { priorityKey: start.priority } }),
      ...(start.versioningOverride && { versioningOverride: start.versioningOverride }),
      typedSearchAttributes: new TypedSearchAttributes([{ key: SCHEDULED_START, value: fireTime }]),
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
