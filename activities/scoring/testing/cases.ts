/** Kinds of model that XGBoost can train, small, on seeded data with missing values and ties on thresholds. */
import { createRandom } from '../../../workflows/domain/random.ts';
import type { TrainingJob } from './xgboost.ts';

export const COLUMNS = 8;
const ROWS = 1_500;
const CATEGORIES = 40;

type Label = 'binary' | 'classes' | 'number' | 'count' | 'positive' | 'share' | 'constant';

interface ModelKind {
  readonly name: string;
  readonly label: Label;
  readonly params: TrainingJob['params'];
  readonly rounds?: number;
  readonly categorical?: boolean;
}

const FOREST = { num_parallel_tree: 40, eta: 1, subsample: 0.7, colsample_bynode: 0.7, base_score: 0.3 };
const LINEAR = { booster: 'gblinear', updater: 'coord_descent', lambda: 0.1 };
const DART = { booster: 'dart', rate_drop: 0.3, skip_drop: 0.2 };
const MULTI = { num_class: 4, max_depth: 4 };

export const MODEL_KINDS: readonly ModelKind[] = [
  { name: 'boosted trees', label: 'binary', params: { objective: 'binary:logistic' }, rounds: 60 },
  {
    name: 'boosted trees, raw margin',
    label: 'binary',
    params: { objective: 'binary:logitraw', base_score: 0.2 },
  },
  { name: 'a forest', label: 'binary', params: { objective: 'binary:logistic', ...FOREST }, rounds: 1 },
  { name: 'dart', label: 'binary', params: { objective: 'binary:logistic', ...DART } },
  {
    name: 'dart of several classes',
    label: 'classes',
    params: { objective: 'multi:softprob', ...MULTI, ...DART },
  },
  { name: 'logistic regression', label: 'binary', params: { objective: 'binary:logistic', ...LINEAR } },
  { name: 'linear regression', label: 'number', params: { objective: 'reg:squarederror', ...LINEAR } },
  { name: 'linear classes', label: 'classes', params: { objective: 'multi:softprob', ...MULTI, ...LINEAR } },
  { name: 'class probabilities', label: 'classes', params: { objective: 'multi:softprob', ...MULTI } },
  { name: 'classes', label: 'classes', params: { objective: 'multi:softmax', ...MULTI } },
  {
    name: 'a forest of classes',
    label: 'classes',
    params: { objective: 'multi:softprob', ...MULTI, num_parallel_tree: 3, subsample: 0.7 },
  },
  { name: 'regression', label: 'number', params: { objective: 'reg:squarederror' } },
  { name: 'logistic shares', label: 'share', params: { objective: 'reg:logistic' } },
  { name: 'counts', label: 'count', params: { objective: 'count:poisson' } },
  { name: 'gamma regression', label: 'positive', params: { objective: 'reg:gamma' } },
  {
    name: 'tweedie regression',
    label: 'count',
    params: { objective: 'reg:tweedie', tweedie_variance_power: 1.3 },
  },
  {
    name: 'a stated base score',
    label: 'binary',
    params: { objective: 'binary:logistic', base_score: 0.113 },
  },
  {
    name: 'pruned trees',
    label: 'binary',
    params: { objective: 'binary:logistic', gamma: 6, tree_method: 'exact' },
  },
  {
    name: 'leaf-wise trees',
    label: 'binary',
    params: { objective: 'binary:logistic', grow_policy: 'lossguide', max_leaves: 20, max_depth: 0 },
  },
  { name: 'stumps', label: 'binary', params: { objective: 'binary:logistic', max_depth: 1 } },
  { name: 'a constant', label: 'constant', params: { objective: 'reg:squarederror' } },
  {
    name: 'categories in sets',
    label: 'binary',
    params: { objective: 'binary:logistic', max_cat_to_onehot: 1 },
    categorical: true,
  },
  {
    name: 'categories one by one',
    label: 'binary',
    params: { objective: 'binary:logistic', max_cat_to_onehot: 100 },
    categorical: true,
  },
];

/** Columns: a category, two small integers, the rest real; a tenth of the values missing. */
export function sampleMatrix(seed: number, rows: number, missing = 0.1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: rows * COLUMNS }, (_, at) => {
    const column = at % COLUMNS;
    const value = random();
    if (random() < missing) return Number.NaN;
    if (column === 0) return Math.floor(value * CATEGORIES);
    return column < 3 ? Math.floor(value * 12) : value * 10 - 5;
  });
}

export function trainingJob(kind: ModelKind): TrainingJob {
  const matrix = sampleMatrix(7, ROWS);
  const random = createRandom(11);
  const labels = Float32Array.from({ length: ROWS }, (_, row) =>
    labelOf(kind.label, matrix.subarray(row * COLUMNS, (row + 1) * COLUMNS), random()),
  );
  const types = Array.from({ length: COLUMNS }, (_, column) => (column === 0 ? 'c' : 'float'));
  return {
    matrix,
    rows: ROWS,
    columns: COLUMNS,
    labels,
    params: { nthread: 2, seed: 3, max_depth: 5, eta: 0.3, ...kind.params },
    rounds: kind.rounds ?? 12,
    ...(kind.categorical === true ? { types } : {}),
  };
}

function labelOf(label: Label, row: Float32Array, noise: number): number {
  const [category = 0, small = 0, , real = 0] = Array.from(row, (value) => (Number.isNaN(value) ? 1 : value));
  const signal = ((category * 7) % 11) / 11 + small / 12 + real / 5 + 2 * noise;
  switch (label) {
    case 'binary':
      return signal > 2.2 ? 1 : 0;
    case 'classes':
      return Math.min(3, Math.max(0, Math.floor(signal)));
    case 'number':
      return signal * 20;
    case 'count':
      return Math.max(0, Math.floor(signal * 3));
    case 'positive':
      return Math.abs(signal) + 0.1;
    case 'share':
      return Math.min(1, Math.max(0, signal / 5));
    case 'constant':
      return 3;
  }
}
