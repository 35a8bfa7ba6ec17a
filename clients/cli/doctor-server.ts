/** What `assay doctor` asks of a server: which versions of Temporal, of the workers and of the Web UI are there. */
import { Connection, type Client } from '@temporalio/client';

import type { Component } from '../../workers/components.ts';
import { workerVersions } from '../workers/versions.ts';

export interface ServerOptions {
  readonly client: () => Promise<Client>;
  /** A server elsewhere, if one is configured: then it is needed. */
  readonly address: string | undefined;
  readonly taskQueue: string;
  /** Where the embedded server shows its Web UI; that of a server elsewhere nobody tells. */
  readonly ui: string;
}

/** `TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW` of the protocol. */
const WORKFLOW_TASKS = 1;

export function serverComponents(options: ServerOptions): Component[] {
  return [server(options), workers(options), ...(options.address === undefined ? [webUi(options.ui)] : [])];
}

function server({ client, address }: ServerOptions): Component {
  return {
    name: 'Temporal server',
    needed: address !== undefined,
    mend:
      address === undefined
        ? 'assay up'
        : 'start it, or correct or unset TEMPORAL_ADDRESS: `assay up` starts one of its own',
    try: async () => {
      const { connection, options } = await client();
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      const at = connection instanceof Connection ? `${connection.options.address}, ` : '';
      const where = `${at}namespace ${options.namespace}`;
      return { version: serverVersion || 'unknown', where };
    },
  };
}

/** The builds that poll now, and what the server says of those that have registered. */
function workers({ client, taskQueue }: ServerOptions): Component {
  return {
    name: 'workers',
    needed: false,
    mend: 'assay up, or assay workers run where a server runs already',
    try: async () => {
      const connected = await client();
      const [builds, registered] = await Promise.all([
        pollingBuilds(connected, taskQueue),
        workerVersions(connected),
      ]);
      if (builds.length === 0) throw new Error(`none polls the queue ${taskQueue}`);
      const states = registered.map(({ version, state }) => `${version} ${state}`);
      return { version: builds.join(', '), where: [`queue ${taskQueue}`, ...states].join('; ') };
    },
  };
}

async function pollingBuilds(client: Client, taskQueue: string): Promise<string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const builds = (pollers ?? []).map(({ deploymentOptions }) => deploymentOptions?.buildId || 'unknown');
  return [...new Set(builds)].toSorted();
}

function webUi(address: string): Component {
  return {
    name: 'Web UI',
    needed: false,
    mend: 'assay up',
    try: async () => {
      const answer = await fetch(`${address}/api/v1/settings`).catch((cause: unknown) => {
        throw new Error(`nothing answers at ${address}`, { cause });
      });
      const settings: unknown = answer.ok ? await answer.json() : undefined;
      const { Version } = (settings ?? {}) as { readonly Version?: unknown };
      if (typeof Version !== 'string') throw new Error(`what answers at ${address} is not Temporal's Web UI`);
      return { version: Version, where: address };
    },
  };
}
