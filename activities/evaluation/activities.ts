/** Evaluation's activities, over the ports that the composition root hands in. */
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import type { EvaluationActivities } from './contract.ts';
import { evaluate, type EvaluateDependencies } from './evaluate.ts';
import { performance } from './performance.ts';

export interface EvaluationDependencies extends EvaluateDependencies {
  /** @throws UnknownProject */
  readonly spec: (project: string) => ProjectSpec;
}

export function createEvaluationActivities(deps: EvaluationDependencies): EvaluationActivities {
  return {
    evaluate: async (input) => evaluate(deps, deps.spec(input.project), input),
    performance: async (input) => performance(deps, deps.spec(input.project), input),
  };
}
