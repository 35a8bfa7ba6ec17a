/** Workflows that stand for as long as there are workers: new code takes them over where they are, whatever runs do. */
import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import { UNVERSIONED } from './domain/deployment.ts';

/** Of workers that are not versioned the server would take no word on it: they take each other's place anyhow. */
export function standing<Args extends unknown[], R>(workflow: (...args: Args) => Promise<R>): void {
  setWorkflowOptions(() => {
    const deployment = workflowInfo().currentDeploymentVersion?.deploymentName ?? '';
    const isVersioned = deployment !== '' && !deployment.endsWith(UNVERSIONED);
    return isVersioned ? { versioningBehavior: 'AUTO_UPGRADE' } : {};
  }, workflow);
}
