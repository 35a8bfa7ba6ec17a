/** How clients and workers reach Temporal: its own environment configuration (`TEMPORAL_*`, profiles), else this machine. */
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

import type { AssayConfig } from '../temporal.config.ts';
import { openEncryption } from './encryption/open-encryption.ts';
import type { Env } from './env.ts';

export interface TemporalSettings {
  readonly connection: ClientConnectConfig['connectionOptions'];
  readonly namespace: string;
  /** Closes and opens what goes over the connection; absent where nothing is encrypted. */
  readonly dataConverter?: DataConverter;
}

const ANSWER_WITHIN_MS = 5_000;

/** The configuration's namespace is for where the environment names none. */
export function temporalSettings(env: Env, config: AssayConfig): TemporalSettings {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const dataConverter = openEncryption(env, config);
  return {
    connection: connectionOptions,
    namespace: env.temporalNamespace ?? namespace ?? config.namespace,
    ...(dataConverter && { dataConverter }),
  };
}

export interface Connections {
  /** One client for each address; the configured one by default. Connects at the first call. */
  to(address: string | undefined): Promise<Client>;
  close(): Promise<void>;
}

/** The settings are read at the first call: what needs no server needs no keys either. */
export function createConnections(read: () => TemporalSettings): Connections {
  const clients = new Map<string | undefined, Promise<Client>>();
  return {
    to(address) {
      const client = clients.get(address) ?? connectTo(read, address);
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

async function connectTo(read: () => TemporalSettings, address: string | undefined): Promise<Client> {
  const { connection, ...options } = read();
  return connectClient({
    connection: { ...connection, ...(address !== undefined && { address }) },
    ...options,
  });
}

/** @throws Error that says where it looked and how to get a server */
async function connectClient({ connection, ...options }: TemporalSettings): Promise<Client> {
  try {
    return new Client({
      connection: await Connection.connect({ connectTimeout: ANSWER_WITHIN_MS, ...connection }),
      ...options,
    });
  } catch (cause) {
    const address = connection.address ?? 'localhost:7233';
    throw new Error(
      `No Temporal server answers at ${address}. Start one with \`assay up\`, or name another in TEMPORAL_ADDRESS.`,
      { cause },
    );
  }
}
