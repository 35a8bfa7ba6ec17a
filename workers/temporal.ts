/** How clients and workers reach Temporal: its own environment configuration (`TEMPORAL_*`, profiles), else this machine. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

import type { Env } from './env.ts';

export interface TemporalSettings {
  readonly connection: ClientConnectConfig['connectionOptions'];
  readonly namespace: string;
}

const ANSWER_WITHIN_MS = 5_000;

/** @param namespace where the environment names none */
export function temporalSettings(env: Env, namespace: string): TemporalSettings {
  const { connectionOptions, namespace: configured } = loadClientConnectConfig();
  return {
    connection: connectionOptions,
    namespace: env.temporalNamespace ?? configured ?? namespace,
  };
}

export interface Connections {
  /** One client for each address; the configured one by default. Connects at the first call. */
  to(address: string | undefined): Promise<Client>;
  close(): Promise<void>;
}

export function createConnections(settings: TemporalSettings): Connections {
  const clients = new Map<string | undefined, Promise<Client>>();
  return {
    to(address) {
      const connection = { ...settings.connection, ...(address !== undefined && { address }) };
      const client = clients.get(address) ?? connectClient({ ...settings, connection });
      clients.set(address, client);
      return client;
    },
    async close() {
      for (const attempt of await Promise.allSettled(clients.values())) {
        if (attempt.status === 'fulfilled') await attempt.value.connection.close();
      }
    },
  };
}

/** @throws Error that says where it looked and how to get a server */
async function connectClient({ connection, namespace }: TemporalSettings): Promise<Client> {
  try {
    return new Client({
      connection: await Connection.connect({ connectTimeout: ANSWER_WITHIN_MS, ...connection }),
      namespace,
    });
  } catch (cause) {
    const address = connection.address ?? 'localhost:7233';
    throw new Error(
      `No Temporal server answers at ${address}. Start one with \`assay up\`, or name another in TEMPORAL_ADDRESS.`,
      { cause },
    );
  }
}
