/**
 * Which versions of the workers there are, and which of them new runs go to. A run that is pinned stays with the version
 * it began on, so an old version's workers are kept until it has drained.
 */
import type { Client } from '@temporalio/client';

import { DEPLOYMENT } from '../../workflows/domain/deployment.ts';
import { Refusal } from '../refusal.ts';

export interface DeploymentServices {
  client(): Promise<Client>;
}

/** Temporal's words. `inactive`: its workers poll, and nothing was ever routed to them. */
type VersionState = 'inactive' | 'current' | 'ramping' | 'draining' | 'drained';

export interface DeployedVersion {
  readonly version: string;
  readonly state: VersionState;
  /** Per cent of the new runs; of a ramping version. */
  readonly percentage?: number;
  /** RFC 3339; when its workers were first seen. */
  readonly createdAt: string;
}

/** Of the protocol, `WorkerDeploymentVersionStatus`. */
const STATES: readonly VersionState[] = [
  'inactive',
  'inactive',
  'current',
  'ramping',
  'draining',
  'drained',
  // Made for a compute configuration, and without workers yet.
  'inactive',
];
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/** The newest first; empty where no versioned worker was ever seen. */
export async function listVersions(services: DeploymentServices): Promise<DeployedVersion[]> {
  const info = await describe(await services.client());
  const versions = (info?.versionSummaries ?? []).map((summary) => {
    const version = summary.deploymentVersion?.buildId ?? '';
    const state = STATES[summary.status ?? 0] ?? 'inactive';
    const percentage = info?.routingConfig?.rampingVersionPercentage ?? 0;
    const { seconds } = summary.createTime ?? {};
    return {
      version,
      state,
      ...(state === 'ramping' && { percentage }),
      createdAt: new Date(Number(seconds ?? 0) * 1000).toISOString(),
    };
  });
  return versions.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** Sends so many per cent of the new runs to a version; 0 takes the ramp back. */
export async function ramp(services: DeploymentServices, version: string, percentage: number): Promise<void> {
  const client = await services.client();
  await refused(services, version, () =>
    client.workflowService.setWorkerDeploymentRampingVersion({
      ...target(client),
      ...(percentage > 0 && { buildId: version, percentage }),
    }),
  );
}

/** Sends every new run to a version; the one before begins to drain. Rolling back is the same, with the version before. */
export async function makeCurrent(services: DeploymentServices, version: string): Promise<void> {
  const client = await services.client();
  await refused(services, version, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion({ ...target(client), buildId: version }),
  );
}

function target(client: Client): { namespace: string; deploymentName: string; identity: string } {
  return { namespace: client.options.namespace, deploymentName: DEPLOYMENT, identity: 'assay deployments' };
}

async function describe(client: Client) {
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: client.options.namespace,
      deploymentName: DEPLOYMENT,
    });
    return workerDeploymentInfo ?? undefined;
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/** @throws Refusal where the server knows no such version, or its workers don't serve what the current one's do */
async function refused(
  services: DeploymentServices,
  version: string,
  ask: () => Promise<unknown>,
): Promise<void> {
  try {
    await ask();
  } catch (error) {
    const code = codeOf(error);
    if (code !== NOT_FOUND && code !== FAILED_PRECONDITION) throw error;
    const known = (await listVersions(services)).map((each) => each.version).join(', ');
    throw new Refusal(
      'VersionNotReady',
      `runs cannot go to version ${version} (${(error as Error).message}); there are ${known === '' ? 'none' : known}`,
      { next: 'assay deployments list' },
    );
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
