/** How large a pool is declared: those of the configuration by name, and one for each pipeline that limits its runs. */
import { pipelineOfPool } from '../../workflows/domain/pool/messages.ts';

interface LimitedPipeline {
  readonly maxActiveRuns?: number;
}

export function poolSizes(
  declared: Readonly<Record<string, number>>,
  pipelines: ReadonlyMap<string, LimitedPipeline>,
): (pool: string) => number | undefined {
  return (pool) => {
    const pipeline = pipelineOfPool(pool);
    if (pipeline !== undefined) return pipelines.get(pipeline)?.maxActiveRuns;
    return Object.hasOwn(declared, pool) ? declared[pool] : undefined;
  };
}
