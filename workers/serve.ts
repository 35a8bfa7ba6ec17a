/** Serves queues until this process is asked to stop: what a worker process does. */
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

import type { Queue } from '../temporal.config.ts';
import { ensureAssetBus } from './asset-bus.ts';
import { activitiesOf, type WorkerServices } from './activities.ts';
import { openBridge } from './bridge/open-bridge.ts';
import { loadBundle } from './bundle.ts';
import { ensureCapacity } from './capacity.ts';
import { tellChampionAges } from './champion-age.ts';
import { connectPatiently } from './connect.ts';
import { openCurrentKey } from './encryption/open-encryption.ts';
import type { Env } from './env.ts';
import { ensureGovernor } from './governors.ts';
import { createActivityInterceptors } from './interceptors.ts';
import { createSecretGuard } from './secret-guard.ts';
import { createTimingInterceptors } from './measures.ts';
import { startReporter, type Reporter } from './reporter.ts';
import { startScaleInProtection, type ScaleInProtection } from './scale-in-protection.ts';
import { sweepScratch } from './scratch.ts';
import type { Services } from './services.ts';
import { ensureSweeper } from './sweeper.ts';
import { readTaskLimits, withTaskLimits } from './task-limits.ts';
import { startTelemetry } from './telemetry.ts';
import { DEPLOYMENT, UNVERSIONED } from '../workflows/domain/deployment.ts';
import { temporalSettings } from './temporal.ts';
import type { Tracing } from './tracing.ts';
import { ensureWatchdog } from './watchdog.ts';

/** What a killed worker costs its runs; the default of 10 s is long. */
const STICKY_TIMEOUT = '2s';

/** Says that it polls by one line of JSON on stdout. Resolves after SIGTERM, when its activities have been given back. */
export async function serve(queues: readonly Queue[], given: Services): Promise<void> {
  const { env } = given;
  const health = await startTelemetry(env);
  await sweepScratch();
  const limits = await readTaskLimits(env.ecs.metadataUri);
  const services = { ...given, config: withTaskLimits(given.config, queues, limits) };
  const { connection: options, ...settings } = temporalSettings(env, services.config);
  if (settings.dataConverter) await openCurrentKey(settings.dataConverter);
  const connected = await connectPatiently(options, env);
  if (connected === undefined) {
    await health?.close();
    // It ends by itself with its last worker, and there was none.
    return Runtime.instance().shutdown();
  }
  const connection = await NativeConnection.connect(options);
  const client = new Client({ connection: connected, ...settings });
  const reporter = services.figures && startReporter(services.figures);
  const tracing = await openTracing(services, settings.dataConverter === undefined);
  const temporal = { ...services, temporal: client };
  const workers = new Map<Queue, Worker>();
  for (const queue of queues)
    workers.set(
      queue,
      await createWorker(queue, temporal, { connection, ...settings }, { reporter, tracing }),
    );
  health?.watch(workers);
  const protection = protect(env, workers);
  if (queues.includes('control')) await ensureStanding(client, services);
  const bridge = queues.includes('control') ? await openBridge(temporal) : undefined;
  const stopAges = health && queues.includes('control') ? tellChampionAges(services.registry) : undefined;
  process.stdout.write(`${JSON.stringify({ ready: true, queues, pid: process.pid })}\n`);
  try {
    await Promise.all([...workers.values()].map((worker) => worker.run()));
  } finally {
    await bridge?.stop();
  }
  stopAges?.();
  await reporter?.stop();
  await tracing?.stop();
  await protection?.stop();
  await client.connection.close();
  await connection.close();
  await health?.close();
}

/** Where the environment names a collector. @param messages whether those of failures may leave in plain text */
async function openTracing({ env, secrets }: Services, messages: boolean): Promise<Tracing | undefined> {
  if (env.tracesUrl === undefined) return undefined;
  const { startTracing } = await import('./tracing.ts');
  return startTracing({
    url: env.tracesUrl,
    environment: env.environment,
    codeVersion: env.codeVersion,
    redact: secrets.redact,
    messages,
    warn: (text) => Runtime.instance().logger.warn(text),
  });
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
  if (services.figures) await ensureCapacity(client, taskQueue);
  for (const { name, model } of Object.values(projects)) {
    await ensureGovernor(client, taskQueue, { project: name, model });
  }
}

async function createWorker(
  queue: Queue,
  services: WorkerServices,
  settings: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter'>,
  { reporter, tracing }: { reporter: Reporter | undefined; tracing: Tracing | undefined },
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
      // The guard within: what log and trace tell of a failure has gone through it.
      activity: [
        ...(reporter ? [reporter.interceptors(queue)] : []),
        createTimingInterceptors(),
        createActivityInterceptors({
          store,
          redact: secrets.redact,
          ...(reporter && { measured: reporter.measured }),
        }),
        ...(tracing ? [tracing.interceptors] : []),
        createSecretGuard(secrets.redact),
      ],
    },
    maxConcurrentActivityTaskExecutions: config.workers[queue].maxConcurrentActivities,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    shutdownGraceTime: config.shutdownGrace,
    shutdownForceTime: config.shutdownForce,
    workerDeploymentOptions: deployment(env),
  });
}

/** Unversioned workers say which build they are, too: a run sees by it that other code has taken it up. */
function deployment({
  codeVersion: buildId,
  versioning,
}: Env): NonNullable<WorkerOptions['workerDeploymentOptions']> {
  if (versioning === 'none') {
    return {
      version: { deploymentName: `${DEPLOYMENT}${UNVERSIONED}`, buildId },
      useWorkerVersioning: false,
    };
  }
  const version = { deploymentName: DEPLOYMENT, buildId };
  return { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}
