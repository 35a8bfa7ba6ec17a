/** What this container may use, where Amazon ECS says so: sizes of workers follow the task, not the other way round. */
import { z } from 'zod';
import type { AssayConfig, Queue } from '../temporal.config.ts';

export interface TaskLimits {
  readonly memoryMb: number;
  /** Whole virtual CPUs, at least one. */
  readonly threads: number;
}

/** Of the task metadata endpoint, version 4: vCPUs, and mebibytes. */
const TaskMetadata = z.object({
  Limits: z.object({ CPU: z.number().positive(), Memory: z.number().positive() }),
});

/** @param metadataUri `ECS_CONTAINER_METADATA_URI_V4`; without it there are no limits to know of */
export async function readTaskLimits(metadataUri: string | undefined): Promise<TaskLimits | undefined> {
  if (metadataUri === undefined) return undefined;
  const answer = await fetch(`${metadataUri}/task`);
  const parsed = TaskMetadata.safeParse(await answer.json());
  if (!parsed.success)
    throw new Error(`The task's metadata at ${metadataUri}/task name no limits: ${parsed.error.message}`);
  const { CPU, Memory } = parsed.data.Limits;
  return { memoryMb: Memory, threads: Math.max(1, Math.floor(CPU)) };
}

export function withTaskLimits(
  config: AssayConfig,
  queues: readonly Queue[],
  limits: TaskLimits | undefined,
): AssayConfig {
  if (limits === undefined) return config;
  const sized = queues.map((queue) => [queue, { ...config.workers[queue], ...limits }]);
  return { ...config, workers: { ...config.workers, ...Object.fromEntries(sized) } };
}
