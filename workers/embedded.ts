/** One machine's Assay: the embedded server and its workers, started and stopped as one. */
import { mkdir } from 'node:fs/promises';
import { startServer, type EmbeddedServer, type ServerOptions } from './embedded-server.ts';
import { startOrphanGuard, type OrphanGuard } from './orphan-guard.ts';
import { superviseWorkers, type Supervisor } from './supervisor.ts';

export interface EmbeddedOptions {
  /** A server elsewhere (`TEMPORAL_ADDRESS`) instead of one of our own. */
  readonly address?: string;
  /** Path of the `temporal` command; needed unless `address` is given. */
  readonly command?: string;
  readonly logFolder: string;
  readonly databaseFile?: string;
  readonly ui: boolean;
  readonly ports: ServerOptions['ports'];
  /** The compiled module that runs one worker process. */
  readonly entry: string;
  /** One worker process per element, serving the queues it names. */
  readonly processes: readonly (readonly string[])[];
  /** What the server and the workers inherit; the workers get `TEMPORAL_ADDRESS` besides. */
  readonly env: NodeJS.ProcessEnv;
  readonly note: (text: string) => void;
}

export interface Embedded {
  readonly address: string;
  readonly ui?: string;
  /** Everything that runs now: the server's pid under `temporal`, workers under their queues. */
  pids(): ReadonlyMap<string, number>;
  /** Resolves with the reason when the server is gone without having been asked to. */
  readonly lost: Promise<string>;
  /** Workers first, so that they can say goodbye, then the server. */
  stop(): Promise<void>;
}

/** Resolves when the server answers and every worker polls; on any failure nothing is left running. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  await mkdir(options.logFolder, { recursive: true });
  const guard = startOrphanGuard();
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.toReversed()) await part.stop();
    await guard.release();
  };
  try {
    const server = options.address === undefined ? await ownServer(options, guard) : undefined;
    if (server) started.push(server);
    const address = server?.address ?? options.address ?? '';
    const workers = superviseWorkers({
      ...options,
      env: { ...options.env, TEMPORAL_ADDRESS: address },
      guard,
    });
    started.push(workers);
    await workers.ready();
    return running(address, server, workers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function running(
  address: string,
  server: EmbeddedServer | undefined,
  workers: Supervisor,
  stop: () => Promise<void>,
): Embedded {
  let stopping: Promise<void> | undefined;
  const never = new Promise<string>(() => undefined);
  return {
    address,
    ...(server?.ui !== undefined && { ui: server.ui }),
    pids: () => new Map([...(server ? [['temporal', server.pid] as const] : []), ...workers.pids()]),
    lost: server ? server.ended.then((reason) => (stopping ? never : reason)) : never,
    stop: () => (stopping ??= stop()),
  };
}

function ownServer(options: EmbeddedOptions, guard: OrphanGuard): Promise<EmbeddedServer> {
  const { command, databaseFile, env, logFolder, ports, ui } = options;
  if (command === undefined) {
    throw new Error(
      'No Temporal server: there is no `temporal` command and no TEMPORAL_ADDRESS. ' +
        '`assay doctor` says how to get one.',
    );
  }
  const kept = databaseFile === undefined ? {} : { databaseFile };
  return startServer({ command, env, guard, logFolder, ports, ui, ...kept });
}
