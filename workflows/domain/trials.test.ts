import { describe, expect, it } from 'vitest';

import type { FamilySpec } from './project.ts';
import { drawTrials } from './trials.ts';

const boosted: FamilySpec = {
  trials: 40,
  rounds: 400,
  fixed: { eval_metric: 'auc' },
  search: {
    eta: { min: 0.01, max: 0.2, scale: 'log' },
    max_depth: { min: 3, max: 6, scale: 'integer' },
    subsample: { min: 0.5, max: 1, scale: 'linear' },
    grow_policy: { values: ['depthwise', 'lossguide'] },
  },
};
const context = { family: 'boosted', seed: 1, eventRate: 0.11 } as const;

describe('drawTrials', () => {
  it('draws within the ranges, and reaches all of them', () => {
    const trials = drawTrials(boosted, context);
    const of = (name: string) => trials.map((trial) => trial[name] ?? '');
    const etas = of('eta').map(Number);
    expect(Math.min(...etas)).toBeGreaterThanOrEqual(0.01);
    expect(Math.max(...etas)).toBeLessThanOrEqual(0.2);
    // Half of a logarithmic range lies below the geometric mean, 0.045.
    expect(etas.filter((eta) => eta < 0.045).length).toBeGreaterThan(10);
    expect(new Set(of('max_depth'))).toEqual(new Set(['3', '4', '5', '6']));
    expect(new Set(of('grow_policy'))).toEqual(new Set(['depthwise', 'lossguide']));
  });

  it('draws the same for the same seed, something else for another, and the first ones whatever their number', () => {
    expect(drawTrials(boosted, context)).toEqual(drawTrials(boosted, context));
    expect(drawTrials(boosted, { ...context, seed: 2 })).not.toEqual(drawTrials(boosted, context));
    expect(drawTrials({ ...boosted, trials: 3 }, context)).toEqual(drawTrials(boosted, context).slice(0, 3));
  });

  it('always stops boosting early, and refuses rates that overfit', () => {
    const [trial] = drawTrials(boosted, context);
    expect(trial).toMatchObject({
      early_stopping_rounds: '25',
      min_child_weight: '5',
      eval_metric: 'logloss,auc',
    });
    const greedy = { ...boosted, search: {}, fixed: { eta: '0.3' } };
    expect(() => drawTrials(greedy, context)).toThrow(/eta of boosted trees must lie in \[0, 0.2\]/);
  });

  it('makes a forest one whole step from the event rate', () => {
    const [trial] = drawTrials({ ...boosted, search: {} }, { ...context, family: 'forest' });
    expect(trial).toMatchObject({ eta: '1', num_round: '1', base_score: '0.11', num_parallel_tree: '100' });
    expect(trial).not.toHaveProperty('early_stopping_rounds');
  });

  it('trains linear models by the deterministic updater, for at most thirty rounds', () => {
    const fixed = { updater: 'shotgun', booster: 'gbtree' };
    const [trial] = drawTrials({ ...boosted, fixed, search: {} }, { ...context, family: 'linear' });
    expect(trial).toMatchObject({ booster: 'gblinear', updater: 'coord_descent', num_round: '30' });
  });
});
