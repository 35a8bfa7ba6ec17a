/** What a model's governor is told by the runs that it has started. */
import { defineSignal, getExternalWorkflowHandle } from '@temporalio/workflow';

/** The retraining that is under way waits for a person: whoever waits for the governor need not wait for that. */
export const held = defineSignal('held');

/** A retraining that was started by hand may have no governor to tell. */
export async function tellGovernor(model: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(`governor-${model}`).signal(held);
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'CancelledFailure') throw error;
  }
}
