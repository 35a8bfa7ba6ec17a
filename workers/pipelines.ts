/** The pipelines of this code, out of the registry of workflows: those exports that carry a definition. */
import * as workflows from '../workflows/index.ts';
import type { AnyPipeline } from '../workflows/engine/definition.ts';

export type Pipelines = ReadonlyMap<string, AnyPipeline['definition']>;

export const pipelines: Pipelines = new Map(
  Object.values(workflows)
    .filter((exported): exported is typeof exported & AnyPipeline => 'definition' in exported)
    .map(({ definition }) => [definition.name, definition]),
);
