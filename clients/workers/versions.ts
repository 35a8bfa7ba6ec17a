/** Which builds of the code Temporal knows workers of, and which of them new runs are given to. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { DEPLOYMENT } from '../../workflows/domain/deployment.ts';
import { Refusal } from '../refusal.ts';

export interface WorkerVersion {
  readonly buildId: string;
  /** `current`: new runs go there. `draining`: runs that began there are still open. `drained`: its workers may go. */
  readonly status: VersionStatus;
  readonly since?: string;
}

type VersionStatus = 'inactive' | 'current' | 'ramping' | 'draining' | 'drained' | 'created' | 'unknown';

/** `WorkerDeploymentVersionStatus` of the protocol. */
const STATUSES: readonly VersionStatus[] = [
  'unknown',
  'inactive',
  'current',
  'ramping',
  'draining',
  'drained',
  'created',
];
/** `ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS` of the protocol. */
const IN_PROGRESS = 1;
/** Milliseconds. */
const PATIENCE = 10_000;
/** Of gRPC. */
const NOT_FOUND = 5;

/** The newest first; empty where no worker has ever registered a version. */
export async function workerVersions(
  client: Client,
  deploymentName = DEPLOYMENT,
): Promise<readonly WorkerVersion[]> {
  const { namespace } = client.options;
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName,
    });
    const versions = workerDeploymentInfo?.versionSummaries ?? [];
    return versions
      .map(({ deploymentVersion, status, createTime }) => ({
        buildId: deploymentVersion?.buildId ?? '',
        status: STATUSES[status ?? 0] ?? 'unknown',
        ...(createTime && { since: new Date(Number(createTime.seconds ?? 0) * 1000).toISOString() }),
      }))
      .toSorted((one, other) => (other.since ?? '').localeCompare(one.since ?? ''));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === NOT_FOUND) return [];
    throw error;
  }
}

/** From now on new runs are given to workers of this build. @throws Refusal NoSuchWorkers */
export async function useVersion(
  client: Client,
  buildId: string,
  deploymentName = DEPLOYMENT,
): Promise<void> {
  const known = await workerVersions(client, deploymentName);
  if (!known.some((version) => version.buildId === buildId)) {
    const builds = known.map((version) => version.buildId).join(', ') || 'none';
    const message = `no workers of build ${buildId} have registered; known are ${builds}`;
    throw new Refusal('NoSuchWorkers', message, { next: 'ASSAY_VERSIONING=pinned assay workers run' });
  }
  const { namespace } = client.options;
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace,
    deploymentName,
    buildId,
    identity: client.options.identity,
  });
  await toldEverywhere(client, deploymentName);
}

/** The server tells its task queues one after another: until then some may still go by the version before. */
async function toldEverywhere(client: Client, deploymentName: string): Promise<void> {
  const { namespace } = client.options;
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName,
    });
    if (workerDeploymentInfo?.routingConfigUpdateState !== IN_PROGRESS) return;
    await sleep(100);
  }
}
