/** The first connection of a worker to its server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';

import type { Env } from './env.ts';

const ANSWER_WITHIN_MS = 5_000;
const RECONNECT_MS = 2_000;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * The client's connection gives up when it is told to; the worker's own tries for minutes and can't be asked to stop.
 * On one machine a server that is not there is a mistake, to be told at once; in a cluster it comes back.
 * `undefined` when the process is asked to stop before that.
 */
export async function connectPatiently(
  options: ConnectionOptions,
  env: Pick<Env, 'environment'>,
): Promise<Connection | undefined> {
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
