/** The pipelines of this code, out of the registry of workflows: those exports that carry a definition. */
import * as workflows from '../workflows/index.ts';
import type { AnyPipeline } from '../workflows/engine/definition.ts';

export type Pipelines = ReadonlyMap<string, AnyPipeline['definition']>;

/** By the names of their exports, which are those that Temporal knows. */
export const exportedPipelines: Pipelines = new Map(
  Object.entries(workflows).flatMap(([name, exported]) =>
    isPipeline(exported) ? [[name, exported.definition] as const] : [],
  ),
);

/** By their own names: the same, as `assay check` makes sure. */
export const pipelines: Pipelines = new Map(
  [...exportedPipelines.values()].map((definition) => [definition.name, definition]),
);

function isPipeline(exported: object): exported is AnyPipeline {
  return 'definition' in exported;
}
