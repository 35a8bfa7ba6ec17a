/** A pipeline's graph before any run, with its params as a run would have them. */
import type { TaskGraph } from '../../workflows/domain/graph.ts';
import { checkParams, describeProblems, paramsNext } from '../../workflows/domain/params.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';
import { pipelineGraph } from '../../workflows/engine/dry-run.ts';
import { Refusal } from '../refusal.ts';

/**
 * Without params the defaults count, and a pipeline that needs others is drawn as far as it goes without them.
 * @throws Refusal InvalidParams where some are given and wrong
 */
export async function drawGraph(definition: AnyPipeline['definition'], params: unknown): Promise<TaskGraph> {
  const checked = checkParams(definition.params?.(), params);
  if (checked.ok) return pipelineGraph({ definition }, checked.params);
  if (params === undefined) return pipelineGraph({ definition }, {});
  throw new Refusal('InvalidParams', describeProblems(definition.name, checked.problems), {
    details: checked.problems,
    next: paramsNext(definition.name, checked.problems),
  });
}
