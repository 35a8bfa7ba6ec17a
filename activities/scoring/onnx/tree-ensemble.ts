/** XGBoost's trees as one TreeEnsembleRegressor of ai.onnx.ml 3, whose output is the margin. */
import type { TreeModel } from '../xgboost/model.ts';
import type { Tree } from '../xgboost/tree.ts';
import type { Node } from './protobuf.ts';

/** The operator's parallel lists: one place a node, and one a leaf's weight. */
class Ensemble {
  readonly trees: number[] = [];
  readonly ids: number[] = [];
  readonly features: number[] = [];
  readonly modes: string[] = [];
  readonly values: number[] = [];
  readonly whenTrue: number[] = [];
  readonly whenFalse: number[] = [];
  readonly missingIsTrue: number[] = [];
  readonly leafTrees: number[] = [];
  readonly leafIds: number[] = [];
  readonly leafGroups: number[] = [];
  readonly leafWeights: number[] = [];

  node(tree: number, id: number, mode: string, split: Partial<Split> = {}): void {
    this.trees.push(tree);
    this.ids.push(id);
    this.modes.push(mode);
    this.features.push(split.feature ?? 0);
    this.values.push(split.value ?? 0);
    this.whenTrue.push(split.whenTrue ?? 0);
    this.whenFalse.push(split.whenFalse ?? 0);
    this.missingIsTrue.push(split.missingIsTrue === true ? 1 : 0);
  }

  leaf(tree: number, id: number, group: number, weight: number): void {
    this.node(tree, id, 'LEAF');
    this.leafTrees.push(tree);
    this.leafIds.push(id);
    this.leafGroups.push(group);
    this.leafWeights.push(weight);
  }
}

interface Split {
  readonly feature: number;
  readonly value: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly missingIsTrue: boolean;
}

export function treeEnsemble(model: TreeModel, input: string, output: string): Node {
  const all = new Ensemble();
  model.trees.forEach((tree, index) => addTree(all, tree, index));
  return {
    type: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [input],
    outputs: [output],
    attributes: {
      n_targets: { int: model.groups },
      base_values: { floats: model.baseMargins },
      nodes_treeids: { ints: all.trees },
      nodes_nodeids: { ints: all.ids },
      nodes_featureids: { ints: all.features },
      nodes_modes: { strings: all.modes },
      nodes_values: { floats: all.values },
      nodes_truenodeids: { ints: all.whenTrue },
      nodes_falsenodeids: { ints: all.whenFalse },
      nodes_missing_value_tracks_true: { ints: all.missingIsTrue },
      target_treeids: { ints: all.leafTrees },
      target_nodeids: { ints: all.leafIds },
      target_ids: { ints: all.leafGroups },
      target_weights: { floats: all.leafWeights },
      post_transform: { string: 'NONE' },
    },
  };
}

/** Nodes that the root reaches, parents first; a pruned tree keeps dead ones, which are left out. */
function addTree(all: Ensemble, tree: Tree, index: number): void {
  let spare = tree.left.length;
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const left = tree.left[node]!;
    if (left === -1) {
      all.leaf(index, node, tree.group, Math.fround(tree.condition[node]! * tree.weight));
      continue;
    }
    const categories = tree.categories.get(node);
    if (categories === undefined) addNumericSplit(all, tree, index, node);
    else spare = addCategoricalSplit(all, tree, index, node, [...categories], spare);
    open.push(tree.right[node]!, left);
  }
}

function addNumericSplit(all: Ensemble, tree: Tree, index: number, node: number): void {
  all.node(index, node, 'BRANCH_LT', {
    feature: tree.feature[node]!,
    value: tree.condition[node]!,
    whenTrue: tree.left[node]!,
    whenFalse: tree.right[node]!,
    missingIsTrue: tree.missingLeft[node] === 1,
  });
}

/**
 * One comparison a category; all of them share the right child (copies of it would grow without bound).
 * Answers the next free node id.
 */
function addCategoricalSplit(
  all: Ensemble,
  tree: Tree,
  index: number,
  node: number,
  categories: readonly number[],
  spare: number,
): number {
  let next = spare;
  categories.forEach((category, position) => {
    const last = position === categories.length - 1;
    all.node(index, position === 0 ? node : next++, 'BRANCH_EQ', {
      feature: tree.feature[node]!,
      value: category,
      whenTrue: tree.right[node]!,
      whenFalse: last ? tree.left[node]! : next,
      missingIsTrue: tree.missingLeft[node] !== 1,
    });
  });
  return next;
}
