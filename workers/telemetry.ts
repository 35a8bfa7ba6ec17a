/** What this process tells of itself: its log, and metrics for Prometheus, Temporal's own and ours on one page. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Runtime } from '@temporalio/worker';

import type { Env } from './env.ts';
import { startHealth, type Health } from './health.ts';
import { createLogger } from './logger.ts';

/** Seconds: of tasks that take a blink and of trainings that take hours. */
const TASK_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400];

/** Before anything connects: what Temporal's SDK tells is settled once for a process. Without a port there is no health page. */
export async function startTelemetry({ healthPort, logFormat }: Env): Promise<Health | undefined> {
  const logger = createLogger(logFormat);
  const common = {
    logger,
    shutdownSignals: ['SIGTERM', 'SIGINT'] as NodeJS.Signals[],
    // By which autoscaling knows the slots that there are.
    workerHeartbeatInterval: '30s' as const,
  };
  if (healthPort === undefined) {
    Runtime.install(common);
    return undefined;
  }
  const metricsPort = await freePort();
  Runtime.install({
    ...common,
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
      metrics: {
        prometheus: {
          bindAddress: `127.0.0.1:${metricsPort}`,
          useSecondsForDurations: true,
          countersTotalSuffix: true,
          histogramBucketOverrides: { assay_task_seconds: TASK_SECONDS },
        },
      },
    },
  });
  return startHealth({ port: healthPort, metricsPort });
}

/** Only this machine reaches it; the health page passes it on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
