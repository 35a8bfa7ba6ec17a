import { describe, expect, it } from 'vitest';

import { bestTrial } from './trial-results.ts';

const result = (
  trial: number,
  rounds: number,
  auc: number,
  logLoss = 0.3,
): Parameters<typeof bestTrial>[0][number] => ({
  family: 'boosted',
  trial,
  rounds,
  validation: { auc, logLoss },
});

describe('bestTrial', () => {
  it('takes the trial with the highest AUC, and of equal ones the lower log loss', () => {
    expect(bestTrial([result(0, 10, 0.6), result(1, 20, 0.7), result(2, 30, 0.65)])?.trial).toBe(1);
    expect(bestTrial([result(0, 10, 0.7, 0.31), result(1, 20, 0.7, 0.3)])?.trial).toBe(1);
  });

  it('judges a cross-validated trial by the means of its folds, rounds included', () => {
    const folds = [result(0, 10, 0.9), result(0, 13, 0.5), result(1, 40, 0.72), result(1, 41, 0.74)];
    const best = bestTrial(folds);
    // (40 + 41) / 2 = 40.5, and (0.72 + 0.74) / 2 = 0.73
    expect(best).toMatchObject({ trial: 1, rounds: 41, results: folds.slice(2) });
    expect(best?.validation.auc).toBeCloseTo(0.73, 12);
  });

  it('takes no trial whose figures are missing, and none where all are', () => {
    const silent = { family: 'boosted', trial: 0, rounds: 10 };
    expect(bestTrial([silent, result(1, 10, 0.6)])?.trial).toBe(1);
    expect(bestTrial([result(1, 10, 0.6), { ...silent, trial: 1 }])).toBeUndefined();
    expect(bestTrial([])).toBeUndefined();
  });
});
