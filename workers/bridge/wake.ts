/** Sensors wait between two looks as activities in backoff: such a one is told to try again now. */
import { isGrpcServiceError, type Client } from '@temporalio/client';

import { NOT_YET } from '../../workflows/domain/tries.ts';

/** Of gRPC. */
const NOT_FOUND = 5;

/** @returns how many were woken; whoever is looking at this moment needs no waking */
export async function wakeSensors(client: Client, workflowId: string): Promise<number> {
  const { namespace, identity } = client.options;
  const execution = { workflowId };
  try {
    const { pendingActivities } = await client.workflowService.describeWorkflowExecution({
      namespace,
      execution,
    });
    const waiting = (pendingActivities ?? []).filter(
      ({ lastFailure }) => lastFailure?.applicationFailureInfo?.type === NOT_YET,
    );
    for (const { activityId: id = null } of waiting) {
      await client.workflowService.resetActivity({ namespace, identity, execution, id, keepPaused: true });
    }
    return waiting.length;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return 0;
    throw error;
  }
}
