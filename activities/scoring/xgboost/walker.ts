/**
 * The oracle: XGBoost's margins computed by walking the trees, every sum rounded to float32 in XGBoost's
 * order, so that they are equal to its own bit for bit (on x86-64; where a compiler fuses multiply and add,
 * linear models may differ in the last bit). Slow and simple on purpose.
 */
import type { LinearModel, TreeModel, XGBoostModel } from './model.ts';
import { applyLink } from './objective.ts';
import type { Tree } from './tree.ts';

/** XGBoost reads a category as a whole number below 2^24; what is none goes left. */
const CATEGORIES = 2 ** 24;

/** `matrix` is rows × features, row-major, NaN for missing; the answer is rows × groups. */
export function margins(model: XGBoostModel, matrix: Float32Array, rows: number): Float32Array {
  return model.booster === 'gblinear' ? linear(model, matrix, rows) : trees(model, matrix, rows);
}

/** What XGBoost's own predict answers, by the objective's link. */
export function predictions(model: XGBoostModel, matrix: Float32Array, rows: number): Float32Array {
  return applyLink(model.link, margins(model, matrix, rows), model.groups);
}

function trees(model: TreeModel, matrix: Float32Array, rows: number): Float32Array {
  const { features, groups } = model;
  const out = new Float32Array(rows * groups);
  for (let row = 0; row < rows; row++) {
    out.set(model.baseMargins, row * groups);
    for (const tree of model.trees) {
      const leaf = tree.condition[leafOf(tree, matrix, row * features)]!;
      // A store into a Float32Array rounds as XGBoost's own sum does.
      out[row * groups + tree.group]! += Math.fround(leaf * tree.weight);
    }
  }
  return out;
}

function leafOf(tree: Tree, matrix: Float32Array, row: number): number {
  let node = 0;
  while (tree.left[node] !== -1) {
    node = goesLeft(tree, node, matrix[row + tree.feature[node]!]!) ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return tree.missingLeft[node] === 1;
  const categories = tree.categories.get(node);
  if (categories === undefined) return value < tree.condition[node]!;
  return !(value >= 0 && value < CATEGORIES && categories.has(Math.trunc(value)));
}

/** A missing value contributes nothing. */
function linear(model: LinearModel, matrix: Float32Array, rows: number): Float32Array {
  const { features, groups, weights, baseMargins } = model;
  const out = new Float32Array(rows * groups);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      let sum = Math.fround(weights[features * groups + group]! + baseMargins[group]!);
      for (let feature = 0; feature < features; feature++) {
        const value = matrix[row * features + feature]!;
        if (Number.isNaN(value)) continue;
        sum = Math.fround(sum + Math.fround(value * weights[feature * groups + group]!));
      }
      out[row * groups + group] = sum;
    }
  }
  return out;
}
