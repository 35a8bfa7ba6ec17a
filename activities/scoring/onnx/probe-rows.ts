/** Rows that find out differences: on every threshold, just beside it, in and out of categories, missing, far away. */
import type { XGBoostModel } from '../xgboost/model.ts';
import type { Tree } from '../xgboost/tree.ts';
import { createRandom } from '../../../workflows/domain/random.ts';

const SEED = 1;
const MISSING = 0.1;
/** Of one feature; beyond it a model has thresholds enough. */
const VALUES = 2_000;

/** rows × features, row-major; the same for the same model. */
export function probeRows(model: XGBoostModel, rows: number): Float32Array {
  const random = createRandom(SEED);
  const candidates = candidateValues(model);
  return Float32Array.from({ length: rows * model.features }, (_, at) => {
    if (random() < MISSING) return Number.NaN;
    const values = candidates[at % model.features]!;
    return values[Math.floor(random() * values.length)]!;
  });
}

function candidateValues(model: XGBoostModel): number[][] {
  const found = Array.from({ length: model.features }, () => new Set<number>());
  const trees = model.booster === 'gblinear' ? [] : model.trees;
  const categorical = new Set(trees.flatMap(categoricalFeatures));
  for (const tree of trees) addThresholds(tree, found);
  return found.map((values, feature) => [
    ...values,
    // A category is a whole number from 0; two are enough to find one that no split has chosen.
    ...(categorical.has(feature) ? [0, 1, Math.max(...values) + 1] : [-1, 0, 0.5, 1, 3]),
  ]);
}

function categoricalFeatures(tree: Tree): number[] {
  return [...tree.categories.keys()].map((node) => tree.feature[node]!);
}

function addThresholds(tree: Tree, found: readonly Set<number>[]): void {
  for (let node = 0; node < tree.left.length; node++) {
    const values = found[tree.feature[node]!];
    if (tree.left[node] === -1 || values === undefined || values.size > VALUES) continue;
    for (const value of tree.categories.get(node) ?? around(tree.condition[node]!)) values.add(value);
  }
}

/** The threshold, the float32 next to it on either side, and one well away. */
function around(threshold: number): number[] {
  const step = Math.max(Math.abs(threshold) * 2 ** -23, 2 ** -126);
  return [threshold, Math.fround(threshold - step), Math.fround(threshold + step), threshold * 2 + 1];
}
