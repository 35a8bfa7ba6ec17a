/** Seeded random search: what a family's trials are, as hyperparameters in SageMaker's spelling. */
import type { FamilySpec, Range } from './project.ts';
import { createRandom, type Random } from './random.ts';

export type Hyperparameters = Readonly<Record<string, string>>;

export interface SearchContext {
  readonly family: 'boosted' | 'forest' | 'linear';
  readonly seed: number;
  /** Share of positives among the training rows. */
  readonly eventRate: number;
}

/** Rounds without an improvement after which boosting stops, where the spec names no number. */
const PATIENCE = 25;
/** Coordinate descent has converged by then, and every round costs a pass over all columns. */
const MAX_LINEAR_ROUNDS = 30;
/** Outside of these boosted trees overfit noisy labels: library defaults cost 0.07 AUC on the first project. */
const BOOSTED_BOUNDS = { eta: [0, 0.2], min_child_weight: [1, 10] } as const;

/** One complete set for each trial; the same spec and seed draw the same. @throws RangeError */
export function drawTrials(spec: FamilySpec, context: SearchContext): Hyperparameters[] {
  const random = createRandom(`${context.seed}/${context.family}`);
  return Array.from({ length: spec.trials }, () => {
    const drawn = Object.entries(spec.search).map(([name, range]) => [name, draw(range, random)] as const);
    return complete(spec, context, Object.fromEntries(drawn));
  });
}

function draw(range: Range, random: Random): string {
  const share = random();
  if ('values' in range) return String(range.values[Math.floor(share * range.values.length)]);
  const { min, max, scale } = range;
  switch (scale) {
    case 'integer':
      return String(min + Math.floor(share * (max - min + 1)));
    case 'linear':
      return rounded(min + share * (max - min));
    case 'log':
      return rounded(Math.exp(Math.log(min) + share * Math.log(max / min)));
  }
}

/** Six digits: enough to search by, and short to read. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Family rules stand after what the spec fixes: a project tunes a family, it does not redefine it. */
function complete(spec: FamilySpec, context: SearchContext, drawn: Hyperparameters): Hyperparameters {
  const declared = { ...spec.fixed, ...drawn };
  const all = {
    objective: 'binary:logistic',
    ...declared,
    eval_metric: metricsOf(declared['eval_metric']),
    seed: String(context.seed),
    ...familyRules(spec, context, declared),
  };
  if (context.family === 'boosted') checkBoosted(all);
  return all;
}

function familyRules(spec: FamilySpec, context: SearchContext, declared: Hyperparameters): Hyperparameters {
  switch (context.family) {
    case 'boosted':
      return {
        booster: declared['booster'] ?? 'gbtree',
        tree_method: declared['tree_method'] ?? 'hist',
        eta: declared['eta'] ?? '0.1',
        min_child_weight: declared['min_child_weight'] ?? '5',
        num_round: String(spec.rounds),
        early_stopping_rounds: String(spec.earlyStoppingRounds ?? PATIENCE),
      };
    case 'forest':
      return {
        booster: 'gbtree',
        tree_method: declared['tree_method'] ?? 'hist',
        num_parallel_tree: declared['num_parallel_tree'] ?? '100',
        // A forest is one round that goes all the way; from 0.5 it would end half-way to the rate.
        eta: '1',
        num_round: '1',
        base_score: String(context.eventRate),
      };
    case 'linear':
      return {
        booster: 'gblinear',
        // `shotgun`, the library's own choice, is not deterministic on two threads.
        updater: 'coord_descent',
        num_round: String(Math.min(spec.rounds, MAX_LINEAR_ROUNDS)),
      };
  }
}

/** AUC and log loss are always measured; the last one declared is the one that stops early. */
function metricsOf(declared: string | undefined): string {
  const wanted = declared === undefined ? [] : declared.split(',').map((metric) => metric.trim());
  return [...['auc', 'logloss'].filter((metric) => !wanted.includes(metric)), ...wanted].join(',');
}

function checkBoosted(hyperparameters: Hyperparameters): void {
  for (const [name, [min, max]] of Object.entries(BOOSTED_BOUNDS)) {
    const value = Number(hyperparameters[name]);
    if (value >= min && value <= max) continue;
    throw new RangeError(`${name} of boosted trees must lie in [${min}, ${max}], and the spec drew ${value}`);
  }
}
