/** Whether the code of the workers has become another since this history began, so that the run should go on in a new one. */
import { workflowInfo } from '@temporalio/workflow';

/**
 * On one machine new code takes the place of the old: the run goes on from its memo as soon as other code runs it.
 * Where workers are pinned to their version it stays with them, unless it is to move as soon as there is a newer one.
 *
 * @param moves whether it does
 */
export function watchCode(moves: boolean): () => boolean {
  const build = (): string | undefined => workflowInfo().currentDeploymentVersion?.buildId;
  const begunBy = build();
  return () => build() !== begunBy || (moves && workflowInfo().targetWorkerDeploymentVersionChanged);
}
