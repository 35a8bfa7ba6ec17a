/** Serves queues until this process is asked to stop: what a worker process does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

import type { Queue } from '../temporal.config.ts';
import { ensureAssetBus } from './asset-bus.ts';
import { activitiesOf, type WorkerServices } from './activities.ts';
import { loadBundle } from './bundle.ts';
import { tellChampionAges } from './champion-age.ts';
import type { Env } from './env.ts';
import { ensureGovernor } from './governors.ts';
import { createActivityInterceptors } from './interceptors.ts';
import { createSecretGuard } from './secret-guard.ts';
import { createTimingInterceptors } from './measures.ts';
import { startScaleInProtection, type ScaleInProtection } from './scale-in-protection.ts';
import { sweepScratch } from './scratch.ts';
import type { Services } from './services.ts';
import { ensureSweeper } from './sweeper.ts';
import { readTaskLimits, withTaskLimits } from './task-limits.ts';
import { startTelemetry } from './telemetry.ts';
import { temporalSettings } from './temporal.ts';
import { ensureWatchdog } from './watchdog.ts';

/** What a killed worker costs its runs; the default of 10 s is long. */
const STICKY_TIMEOUT = '2s';
const ANSWER_WITHIN_MS = 5_000;
const RECONNECT_MS = 2_000;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Says that it polls by one line of JSON on stdout. Resolves after SIGTERM, when its activities have been given back. */
export async function serve(queues: readonly Queue[], given: Services): Promise<void> {
  const { env } = given;
  const health = await startTelemetry(env);
  await sweepScratch();
  const limits = await readTaskLimits(env.ecs.metadataUri);
  const services = { ...given, config: withTaskLimits(given.config, queues, limits) };
  const { connection: options, ...settings } = temporalSettings(env, services.config);
  const connected = await connectPatiently(options, env);
  if (connected === undefined) {
    await health?.close();
    // It ends by itself with its last worker, and there was none.
    return Runtime.instance().shutdown();
  }
  const connection = await NativeConnection.connect(options);
  const client = new Client({ connection: connected, ...settings });
  const temporal = { ...services, temporal: client };
  const workers = new Map<Queue, Worker>();
  for (const queue of queues)
    workers.set(queue, await createWorker(queue, temporal, { connection, ...settings }));
  health?.watch(workers);
  const protection = protect(env, workers);
  if (queues.includes('control')) await ensureStanding(client, services);
  const stopAges = health && queues.includes('control') ? tellChampionAges(services.registry) : undefined;
  process.stdout.write(`${JSON.stringify({ ready: true, queues, pid: process.pid })}\n`);
  await Promise.all([...workers.values()].map((worker) => worker.run()));
  stopAges?.();
  await protection?.stop();
  await client.connection.close();
  await connection.close();
  await health?.close();
}

/**
 * The client's connection gives up when it is told to; the worker's own tries for minutes and can't be asked to stop.
 * On one machine a server that is not there is a mistake, to be told at once; in a cluster it comes back.
 * `undefined` when the process is asked to stop before that.
 */
async function connectPatiently(options: ConnectionOptions, env: Env): Promise<Connection | undefined> {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  try {
    while (!stopped.signal.aborted) {
      try {
        return await Connection.connect({ connectTimeout: ANSWER_WITHIN_MS, ...options });
      } catch (error) {
        if (env.environment === 'development') throw error;
        Runtime.instance().logger.warn('no Temporal server answers; trying again', { error });
        await sleep(RECONNECT_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
    return undefined;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  }
}

/** Where Amazon ECS runs this task. */
function protect({ ecs }: Env, workers: ReadonlyMap<Queue, Worker>): ScaleInProtection | undefined {
  if (ecs.agentUri === undefined) return undefined;
  return startScaleInProtection({
    agentUri: ecs.agentUri,
    isBusy: () => [...workers.values()].some((worker) => worker.getStatus().numInFlightActivities > 0),
    note: (text) => Runtime.instance().logger.warn(text),
  });
}

/** Workflows that stand for as long as there are workers. */
async function ensureStanding(client: Client, services: Services): Promise<void> {
  const { taskQueue, projects, pipelines, config } = services;
  await ensureAssetBus({ ...services, client });
  if (config.schedules.some(({ pipeline }) => pipelines.get(pipeline)?.deadline !== undefined)) {
    await ensureWatchdog(client, taskQueue);
  }
  await ensureSweeper(client, taskQueue);
  for (const { name, model } of Object.values(projects)) {
    await ensureGovernor(client, taskQueue, { project: name, model });
  }
}

async function createWorker(
  queue: Queue,
  services: WorkerServices,
  settings: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter'>,
): Promise<Worker> {
  const { config, env, store, secrets } = services;
  return Worker.create({
    ...settings,
    taskQueue: `${queue}${env.queueSuffix}`,
    activities: await activitiesOf(queue, services),
    ...(queue === 'control' && {
      workflowBundle: await loadBundle(settings.dataConverter ? 'encrypted' : 'plain'),
    }),
    interceptors: {
      // The guard within: what the log tells of a failure has gone through it.
      activity: [
        createTimingInterceptors(),
        createActivityInterceptors({ store, redact: secrets.redact }),
        createSecretGuard(secrets.redact),
      ],
    },
    maxConcurrentActivityTaskExecutions: config.workers[queue].maxConcurrentActivities,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    shutdownGraceTime: config.shutdownGrace,
    shutdownForceTime: config.shutdownForce,
    workerDeploymentOptions: {
      version: { deploymentName: 'assay', buildId: env.codeVersion },
      useWorkerVersioning: false,
    },
  });
}
