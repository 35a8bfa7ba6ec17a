/** Whether workers of a code version are there, so that a run can be given to them. */
import type { Client } from '@temporalio/client';
import type { VersioningOverride } from '@temporalio/common';

import { DEPLOYMENT } from '../../workflows/domain/deployment.ts';
import { Refusal } from '../refusal.ts';

/** `NOT_FOUND` of gRPC. */
const NOT_FOUND = 5;

/** @throws Refusal NoSuchWorkers */
export async function pinnedTo(client: Client, run: string, buildId: string): Promise<VersioningOverride> {
  const { namespace } = client.options;
  const deploymentVersion = { deploymentName: DEPLOYMENT, buildId };
  try {
    await client.workflowService.describeWorkerDeploymentVersion({ namespace, deploymentVersion });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== NOT_FOUND) throw error;
    const message =
      `no workers of code version ${buildId}, with which ${run} began, are known to Temporal: ` +
      'they are kept only where ASSAY_VERSIONING is pinned or upgrade';
    throw new Refusal('NoSuchWorkers', message, { next: 'assay doctor' });
  }
  return { pinnedTo: deploymentVersion };
}
