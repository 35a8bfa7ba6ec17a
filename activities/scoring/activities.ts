/** Scoring's activities, over the ports that the composition root hands in. */
import type { ScoringActivities } from './contract.ts';
import { convert, type ConvertDependencies } from './convert.ts';
import { score, type ScoreDependencies } from './score.ts';
import { scoreFile } from './score-file.ts';

export type ScoringDependencies = ConvertDependencies & ScoreDependencies;

export function createScoringActivities(deps: ScoringDependencies): ScoringActivities {
  return {
    convert: (input) => convert(deps, input),
    score: (input) => score(deps, input),
    scoreFile: (input) => scoreFile(deps, input),
  };
}
