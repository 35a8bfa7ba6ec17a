/** One worker process: `node workers/run.js --queues control` serves the queues it names until SIGTERM. */
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { createServices } from './services.ts';
import { activitiesOf, type WorkerServices } from './activities.ts';
import { loadBundle } from './bundle.ts';
import { readEnv } from './env.ts';
import { createActivityInterceptors } from './interceptors.ts';
import { ensureSweeper } from './sweeper.ts';
import { temporalSettings } from './temporal.ts';
import type { Queue } from '../temporal.config.ts';

const QUEUES: readonly Queue[] = ['control', 'data', 'training'];
/** What a killed worker costs its runs; the default of 10 s is long. */
const STICKY_TIMEOUT = '2s';

const { values } = parseArgs({ options: { queues: { type: 'string' } } });
await serve(queuesOf(values.queues ?? QUEUES.join(',')));

async function serve(queues: readonly Queue[]): Promise<void> {
  const env = readEnv();
  const services = createServices(env);
  const settings = temporalSettings(env, services.config.namespace);
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGTERM', 'SIGINT'] });

  const connection = await NativeConnection.connect(settings.connection);
  const client = new Client({
    connection: await Connection.connect(settings.connection),
    namespace: settings.namespace,
  });
  const workers = await Promise.all(
    queues.map((queue) =>
      createWorker(queue, { ...services, temporal: client }, connection, settings.namespace),
    ),
  );
  if (queues.includes('control')) await ensureSweeper(client, services.taskQueue);
  process.stdout.write(`${JSON.stringify({ ready: true, queues, pid: process.pid })}\n`);
  await Promise.all(workers.map((worker) => worker.run()));
  await client.connection.close();
  await connection.close();
}

async function createWorker(
  queue: Queue,
  services: WorkerServices,
  connection: NativeConnection,
  namespace: string,
): Promise<Worker> {
  const { config, env, store } = services;
  return Worker.create({
    connection,
    namespace,
    taskQueue: `${queue}${env.queueSuffix}`,
    activities: await activitiesOf(queue, services),
    ...(queue === 'control' && { workflowBundle: await loadBundle() }),
    interceptors: { activity: [createActivityInterceptors({ store })] },
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

/** @throws Error naming what is no queue */
function queuesOf(text: string): Queue[] {
  const asked = text.split(',');
  const unknown = asked.filter((name) => !QUEUES.includes(name as Queue));
  if (unknown.length > 0)
    throw new Error(`No such queue: ${unknown.join(', ')}. There are ${QUEUES.join(', ')}.`);
  return asked as Queue[];
}
