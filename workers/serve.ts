/** Serves queues until this process is asked to stop: what a worker process does. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

import type { Queue } from '../temporal.config.ts';
import { activitiesOf, type WorkerServices } from './activities.ts';
import { loadBundle } from './bundle.ts';
import { ensureGovernor } from './governors.ts';
import { createActivityInterceptors } from './interceptors.ts';
import { createSecretGuard } from './secret-guard.ts';
import { sweepScratch } from './scratch.ts';
import type { Services } from './services.ts';
import { ensureSweeper } from './sweeper.ts';
import { temporalSettings } from './temporal.ts';

/** What a killed worker costs its runs; the default of 10 s is long. */
const STICKY_TIMEOUT = '2s';

/** Says that it polls by one line of JSON on stdout. Resolves after SIGTERM, when its activities have been given back. */
export async function serve(queues: readonly Queue[], services: Services): Promise<void> {
  await sweepScratch();
  const { connection: options, ...settings } = temporalSettings(services.env, services.config);
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGTERM', 'SIGINT'] });

  const connection = await NativeConnection.connect(options);
  const client = new Client({ connection: await Connection.connect(options), ...settings });
  const workers = await Promise.all(
    queues.map((queue) =>
      createWorker(queue, { ...services, temporal: client }, { connection, ...settings }),
    ),
  );
  if (queues.includes('control')) await ensureStanding(client, services);
  process.stdout.write(`${JSON.stringify({ ready: true, queues, pid: process.pid })}\n`);
  await Promise.all(workers.map((worker) => worker.run()));
  await client.connection.close();
  await connection.close();
}

/** Workflows that stand for as long as there are workers. */
async function ensureStanding(client: Client, { taskQueue, projects }: Services): Promise<void> {
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
