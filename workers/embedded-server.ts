/** The embedded Temporal: the development server of the `temporal` command, tuned, on this machine's loopback only. */
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { logTail, startChild, type Child } from './child.ts';
import type { OrphanGuard } from './orphan-guard.ts';

export interface ServerOptions {
  /** Path of the `temporal` command. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFolder: string;
  readonly guard: OrphanGuard;
  /** Keeps the server's state across starts; in memory by default. */
  readonly databaseFile?: string;
  readonly ui: boolean;
  /** `standard` takes 7233 and 8233 where they are free, so that `temporal` finds it without a flag. */
  readonly ports: 'standard' | 'any';
}

export interface EmbeddedServer {
  /** `host:port` for clients and workers. */
  readonly address: string;
  /** URL of the Web UI, if it was asked for. */
  readonly ui?: string;
  readonly pid: number;
  /** Resolves with how the server ended, asked or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** What runs are found by. Few, because SQL visibility allows ten keywords. */
export const SEARCH_ATTRIBUTES = {
  AssayPipeline: 'Keyword',
  AssayRunType: 'Keyword',
  AssayState: 'Keyword',
  AssayModel: 'Keyword',
  AssayFireTime: 'Datetime',
  AssayTags: 'KeywordList',
} as const;

const HOST = '127.0.0.1';
const STANDARD_PORTS = [7233, 8233] as const;
const HEALTHY_WITHIN_MS = 30_000;
const STOP_GRACE_MS = 5_000;
const STARTS = 3;

/**
 * One shard dispatches 20 tasks a second by default (`transferProcessorMaxPollRPS`), which a run of
 * short tasks feels; freed, 40 tasks in a row take 0.7 s instead of 2.
 */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  // Timers fire up to a second late by default: five of 100 ms took 5.1 s, and take 0.6 s so.
  'history.timerProcessorMaxTimeShift': '"50ms"',
  // Each pipeline's tasks are a lane of their own in a queue; four partitions, the default, are fair each for itself.
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/** Starts it and waits until it answers. Throws with the end of its log when it does not. */
export async function startServer(options: ServerOptions): Promise<EmbeddedServer> {
  if (options.databaseFile !== undefined) await mkdir(dirname(options.databaseFile), { recursive: true });
  const logFile = join(options.logFolder, 'temporal.log');
  let reason = '';
  for (let start = 0; start < STARTS; start += 1) {
    // A port may be taken between the choice and the server's start: the next choice is free again.
    const ports = await choosePorts(start === 0 ? options.ports : 'any');
    const server = startChild({
      command: options.command,
      args: serverArguments(options, ports),
      env: options.env,
      logFile,
      guard: options.guard,
    });
    const outcome = await Promise.race([server.ended, answers(`${HOST}:${ports.grpc}`)]);
    if (outcome === 'healthy') return embedded(server, ports, options.ui);
    await server.stop(STOP_GRACE_MS);
    reason = outcome;
  }
  throw new Error(`The embedded Temporal server did not start (${reason}).\n${await logTail(logFile)}`);
}

interface Ports {
  readonly grpc: number;
  readonly ui: number;
}

function embedded(server: Child, ports: Ports, ui: boolean): EmbeddedServer {
  return {
    address: `${HOST}:${ports.grpc}`,
    ...(ui && { ui: `http://${HOST}:${ports.ui}` }),
    pid: server.pid,
    ended: server.ended,
    stop: () => server.stop(STOP_GRACE_MS),
  };
}

function serverArguments(options: ServerOptions, ports: Ports): string[] {
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${type}`);
  const settings = Object.entries(DYNAMIC_CONFIG).map(([name, value]) => `${name}=${value}`);
  return [
    'server',
    'start-dev',
    '--ip',
    HOST,
    '--port',
    String(ports.grpc),
    '--log-level',
    'warn',
    ...(options.ui ? ['--ui-ip', HOST, '--ui-port', String(ports.ui)] : ['--headless']),
    ...(options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
}

/** Resolves when the namespace can be used, or with the last reason why it can't. */
async function answers(address: string): Promise<string> {
  const deadline = Date.now() + HEALTHY_WITHIN_MS;
  let reason = 'no answer';
  while (Date.now() < deadline) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        return 'healthy';
      } finally {
        await connection.close();
      }
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      await sleep(50);
    }
  }
  return reason;
}

async function choosePorts(kind: ServerOptions['ports']): Promise<Ports> {
  const [grpc, ui] = kind === 'standard' ? STANDARD_PORTS : [0, 0];
  const held = await Promise.all([hold(grpc), hold(ui)]);
  await Promise.all(held.map(({ release }) => release()));
  return { grpc: held[0].port, ui: held[1].port };
}

/** The wished port, or another free one. Held until both are known, so that they differ. */
function hold(wish: number): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (wish === 0 ? reject(error) : resolve(hold(0))));
    server.listen(wish, HOST, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
