/** Governance's activities, over the ports that the composition root hands in. */
import type { ProjectSpec } from '../../workflows/domain/project.ts';
import { attempt } from '../attempt.ts';
import type { Answer, Ask, GovernanceActivities } from './contract.ts';

/** The way to governors, over whatever carries it. */
export interface Governors {
  /** @throws what the governor answers with where it could not decide */
  ask(governed: { project: string; model: string }, ask: Ask, signal: AbortSignal): Promise<Answer>;
}

export interface GovernanceDependencies {
  /** @throws UnknownProject */
  readonly spec: (project: string) => ProjectSpec;
  readonly governors: Governors;
}

export function createGovernanceActivities({
  spec,
  governors,
}: GovernanceDependencies): GovernanceActivities {
  return {
    policy: async ({ project }) => {
      const { model, governance, label, training, gate } = spec(project);
      const { everyIntervals } = training;
      const { minPositives } = gate;
      return {
        model,
        policy: governance,
        rules: { horizonDays: label.horizonDays, everyIntervals, minPositives, floorAuc: gate.floors.auc },
      };
    },
    ask: async ({ project, ...ask }) =>
      governors.ask({ project, model: spec(project).model }, ask, attempt().signal),
  };
}
