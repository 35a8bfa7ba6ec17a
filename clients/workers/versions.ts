/**
 * Which versions of the workers there are, and which of them new runs go to. A run that is pinned stays with the version
 * that it began on, so an old version's workers are kept until it has drained.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

import { DEPLOYMENT } from '../../workflows/domain/deployment.ts';
import { Refusal } from '../refusal.ts';

type Deployment = temporal.api.deployment.v1.IWorkerDeploymentInfo;

/** Temporal's words. `inactive`: its workers poll, and no run was ever given to them. */
type VersionState = 'inactive' | 'current' | 'ramping' | 'draining' | 'drained';

export interface WorkerVersion {
  readonly version: string;
  readonly state: VersionState;
  /** Per cent of the new runs; of a ramping version. */
  readonly percentage?: number;
  /** RFC 3339; when its workers were first seen. */
  readonly since: string;
}

/** `WorkerDeploymentVersionStatus` of the protocol; the last is made for a compute configuration, without workers yet. */
const STATES: readonly VersionState[] = [
  'inactive',
  'inactive',
  'current',
  'ramping',
  'draining',
  'drained',
  'inactive',
];
/** `ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS` of the protocol. */
const IN_PROGRESS = 1;
/** Milliseconds. */
const PATIENCE = 10_000;
/** Of gRPC. */
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/** The newest first; empty where no versioned worker was ever seen. */
export async function workerVersions(
  client: Client,
  deploymentName = DEPLOYMENT,
): Promise<readonly WorkerVersion[]> {
  const info = await describe(client, deploymentName);
  const percentage = info?.routingConfig?.rampingVersionPercentage ?? 0;
  const versions = (info?.versionSummaries ?? []).map(({ deploymentVersion, status, createTime }) => {
    const state = STATES[status ?? 0] ?? 'inactive';
    return {
      version: deploymentVersion?.buildId ?? '',
      state,
      ...(state === 'ramping' && { percentage }),
      since: new Date(Number(createTime?.seconds ?? 0) * 1000).toISOString(),
    };
  });
  return versions.toSorted((one, other) => other.since.localeCompare(one.since));
}

/**
 * Gives new runs to the workers of a version: all of them, and the version before begins to drain, or so many per cent;
 * 0 takes that back. Rolling back is the same, with the version before.
 *
 * @throws Refusal NoSuchWorkers, VersionNotReady
 */
export async function useVersion(
  client: Client,
  version: string,
  { percentage, deploymentName = DEPLOYMENT }: { percentage?: number; deploymentName?: string } = {},
): Promise<void> {
  const known = await workerVersions(client, deploymentName);
  const found = known.find((each) => each.version === version);
  if (found === undefined) throw unknown(version, known);
  const { namespace, identity } = client.options;
  const target = { namespace, identity, deploymentName, buildId: version };
  const { workflowService: service } = client;
  try {
    if (percentage === undefined) await service.setWorkerDeploymentCurrentVersion(target);
    else if (percentage > 0) await service.setWorkerDeploymentRampingVersion({ ...target, percentage });
    // Another version's ramp is left alone.
    else if (found.state === 'ramping')
      await service.setWorkerDeploymentRampingVersion({ ...target, buildId: '' });
  } catch (error) {
    const code = codeOf(error);
    if (code !== NOT_FOUND && code !== FAILED_PRECONDITION) throw error;
    const message = `runs cannot go to version ${version} yet: ${(error as Error).message}`;
    throw new Refusal('VersionNotReady', message, { next: `assay workers wait ${version}` });
  }
  await toldEverywhere(client, deploymentName);
}

/**
 * Queues that the current version's workers serve and this version's do not: until there are none it cannot take over.
 *
 * @returns undefined where the version was never seen
 */
export async function unservedQueues(
  client: Client,
  version: string,
  deploymentName = DEPLOYMENT,
): Promise<readonly string[] | undefined> {
  const serves = await queuesOf(client, deploymentName, version);
  if (serves === undefined) return undefined;
  const versions = await workerVersions(client, deploymentName);
  const current = versions.find(({ state }) => state === 'current');
  const needed = current && (await queuesOf(client, deploymentName, current.version));
  return (needed ?? []).filter((queue) => !serves.includes(queue));
}

/** A version may stand in its deployment's list before the server can say anything of it: undefined until then. */
async function queuesOf(
  client: Client,
  deploymentName: string,
  buildId: string,
): Promise<string[] | undefined> {
  const deploymentVersion = { deploymentName, buildId };
  const { namespace } = client.options;
  const found = await ifKnown(
    client.workflowService.describeWorkerDeploymentVersion({ namespace, deploymentVersion }),
  );
  return found?.versionTaskQueues.map(({ name, type }) => `${name}/${WORK[type ?? 0] ?? type}`).toSorted();
}

/** `TaskQueueType` of the protocol. */
const WORK = ['anything', 'workflows', 'activities', 'nexus'];

async function describe(client: Client, deploymentName: string): Promise<Deployment | undefined> {
  const { namespace } = client.options;
  const found = await ifKnown(client.workflowService.describeWorkerDeployment({ namespace, deploymentName }));
  return found?.workerDeploymentInfo ?? undefined;
}

async function ifKnown<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/** The server tells its task queues one after another: until then some may still go by the version before. */
async function toldEverywhere(client: Client, deploymentName: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    if ((await describe(client, deploymentName))?.routingConfigUpdateState !== IN_PROGRESS) return;
    await sleep(100);
  }
}

function unknown(version: string, known: readonly WorkerVersion[]): Refusal {
  const there = known.map((each) => each.version).join(', ') || 'none';
  const message = `no workers of version ${version} have registered; known are ${there}`;
  return new Refusal('NoSuchWorkers', message, {
    next: known.length > 0 ? 'assay workers versions' : 'ASSAY_VERSIONING=pinned assay workers run',
  });
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
