/** The trees of a boosted model or forest: parallel arrays by node, node 0 the root. */
import { invalidModel, unsupportedModel } from './failure.ts';
import { type Fields, fields, integer, integers, list, numbers } from './fields.ts';

export interface Tree {
  /** -1 at a leaf. A row goes left where its value is less than the condition, or in none of the categories. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  /** The threshold of a split, the value of a leaf. */
  readonly condition: Float32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** By node, of the categorical splits only: what goes right. */
  readonly categories: ReadonlyMap<number, ReadonlySet<number>>;
  /** Which margin its leaves add to. */
  readonly group: number;
  /** Dart's; 1 elsewhere. */
  readonly weight: number;
}

export function readTrees(
  model: Fields,
  shape: { readonly features: number; readonly groups: number },
  weights?: readonly number[],
): Tree[] {
  const trees = list(model, 'trees');
  if (trees.length === 0) throw invalidModel('The model has no trees: it was never trained.');
  const groups = integers(model, 'tree_info', trees.length);
  if (weights !== undefined && weights.length !== trees.length) {
    throw invalidModel(`'weight_drop' has ${weights.length} values for ${trees.length} trees.`);
  }
  return trees.map((tree, index) => {
    const read = readTree(fields(tree, `trees[${index}]`), groups[index]!, weights?.[index] ?? 1);
    assertSound(read, index, shape);
    return read;
  });
}

function readTree(tree: Fields, group: number, weight: number): Tree {
  const params = fields(tree['tree_param'], 'tree_param');
  const nodes = integer(params, 'num_nodes', 1);
  if (Number(params['size_leaf_vector'] ?? 1) > 1) {
    throw unsupportedModel(
      "A model whose leaves are vectors (multi_strategy 'multi_output_tree')",
      "Train with multi_strategy 'one_output_per_tree'.",
    );
  }
  return {
    left: Int32Array.from(integers(tree, 'left_children', nodes)),
    right: Int32Array.from(integers(tree, 'right_children', nodes)),
    feature: Int32Array.from(integers(tree, 'split_indices', nodes)),
    condition: Float32Array.from(numbers(tree, 'split_conditions', nodes)),
    missingLeft: Uint8Array.from(integers(tree, 'default_left', nodes)),
    categories: readCategories(tree, nodes),
    group,
    weight: Math.fround(weight),
  };
}

/** The categories of node `categories_nodes[i]` are `size` values of `categories` from `segment` on. */
function readCategories(tree: Fields, count: number): Map<number, Set<number>> {
  const categorical = tree['split_type'] === undefined ? [] : integers(tree, 'split_type', count);
  if (tree['categories_nodes'] === undefined && !categorical.includes(1)) return new Map();
  const nodes = integers(tree, 'categories_nodes');
  const segments = integers(tree, 'categories_segments', nodes.length);
  const sizes = integers(tree, 'categories_sizes', nodes.length);
  const categories = integers(tree, 'categories');
  return new Map(
    nodes.map((node, index) => {
      const segment = segments[index]!;
      const chosen = categories.slice(segment, segment + sizes[index]!);
      if (chosen.length !== sizes[index] || chosen.length === 0) {
        throw invalidModel(`The categories of node ${node} are missing.`);
      }
      return [node, new Set(chosen)];
    }),
  );
}

/** Every node that the root reaches is reached once, so a walk ends; and what it reads is there. */
function assertSound(tree: Tree, index: number, shape: { features: number; groups: number }): void {
  const seen = new Set<number>();
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const fault = faultOf(tree, node, shape.features) ?? (seen.has(node) ? 'is reached twice' : undefined);
    if (fault !== undefined) throw invalidModel(`Node ${node} of tree ${index} ${fault}.`);
    seen.add(node);
    if (tree.left[node] !== -1) open.push(tree.right[node]!, tree.left[node]!);
  }
  if (!(tree.group >= 0 && tree.group < shape.groups) || !Number.isFinite(tree.weight)) {
    throw invalidModel(`Tree ${index} has group ${tree.group} and weight ${tree.weight}.`);
  }
}

function faultOf(tree: Tree, node: number, features: number): string | undefined {
  const left = tree.left[node];
  if (left === undefined) return 'does not exist';
  if ((left === -1) !== (tree.right[node] === -1)) return 'has one child';
  if (left !== -1 && !(tree.feature[node]! >= 0 && tree.feature[node]! < features)) {
    return `splits by feature ${tree.feature[node]} of ${features}`;
  }
  const numeric = left === -1 || !tree.categories.has(node);
  return numeric && !Number.isFinite(tree.condition[node]) ? 'has a value that is not finite' : undefined;
}
