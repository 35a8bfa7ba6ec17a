/** From the jobs of a family to its best trial: figures of folds are their means, as is their number of rounds. */
import { mean } from 'simple-statistics';

import { groupBy } from './group-by.ts';
import { selectCandidate } from './selection.ts';

interface TrialResult {
  readonly family: string;
  readonly trial: number;
  readonly rounds: number;
  readonly validation?: { readonly auc: number; readonly logLoss: number };
}

interface BestTrial<R> {
  /** One, or those of the folds. */
  readonly results: readonly R[];
  readonly trial: number;
  readonly rounds: number;
  readonly validation: { readonly auc: number; readonly logLoss: number };
}

/** `undefined` where no trial has finite figures. */
export function bestTrial<R extends TrialResult>(results: readonly R[]): BestTrial<R> | undefined {
  const byTrial = groupBy(results, ({ trial }) => [String(trial)]);
  const trials = [...byTrial.values()].map((folds) => ({
    family: folds[0]?.family ?? '',
    trial: folds[0]?.trial ?? 0,
    results: folds,
    rounds: Math.round(mean(folds.map(({ rounds }) => rounds))),
    validation: {
      auc: mean(folds.map(({ validation }) => validation?.auc ?? Number.NaN)),
      logLoss: mean(folds.map(({ validation }) => validation?.logLoss ?? Number.NaN)),
    },
  }));
  return selectCandidate(trials);
}
