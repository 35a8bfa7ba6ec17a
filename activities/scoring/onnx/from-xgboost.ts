/** XGBoost → ONNX: a model as it was read becomes a graph with the same predictions. */
import type { LinearModel, XGBoostModel } from '../xgboost/model.ts';
import { encodeModel, type Graph, type MatrixInfo, type Node, type Tensor } from './protobuf.ts';
import { treeEnsemble } from './tree-ensemble.ts';

/** The input: rows × features, NaN for missing. */
export const INPUT = 'features';
/** What XGBoost's own predict answers: rows × groups; rows × 1, the class, for `multi:softmax`. */
export const PREDICTION = 'prediction';
/** Before the objective's link: rows × groups. */
export const MARGIN = 'margin';
/** Only of `multi:softmax`: rows × classes. */
export const PROBABILITY = 'probability';

interface Subgraph {
  readonly nodes: readonly Node[];
  readonly constants: readonly Tensor[];
}

/** Outputs, in order: `prediction`, `margin`, and `probability` where the prediction is a class. */
export function toOnnx(model: XGBoostModel): Uint8Array {
  const margin = model.booster === 'gblinear' ? linear(model) : trees(model);
  const graph: Graph = {
    name: 'xgboost',
    nodes: [...margin.nodes, ...link(model)],
    constants: margin.constants,
    input: { name: INPUT, columns: model.features },
    outputs: outputs(model),
    metadata: { objective: model.objective, booster: model.booster },
  };
  return encodeModel(graph);
}

function outputs({ link: kind, groups }: XGBoostModel): MatrixInfo[] {
  const margin = { name: MARGIN, columns: groups };
  return kind === 'class'
    ? [{ name: PREDICTION, columns: 1 }, margin, { name: PROBABILITY, columns: groups }]
    : [{ name: PREDICTION, columns: groups }, margin];
}

function trees(model: Extract<XGBoostModel, { readonly trees: unknown }>): Subgraph {
  return { nodes: [treeEnsemble(model, INPUT, MARGIN)], constants: [] };
}

/** A missing value contributes nothing, so it becomes 0 before the product. */
function linear({ features, groups, weights, baseMargins }: LinearModel): Subgraph {
  const cut = features * groups;
  const bias = baseMargins.map((base, group) => base + weights[cut + group]!);
  return {
    nodes: [
      { type: 'IsNaN', inputs: [INPUT], outputs: ['missing'] },
      { type: 'Where', inputs: ['missing', 'zero', INPUT], outputs: ['present'] },
      { type: 'Gemm', inputs: ['present', 'weights', 'bias'], outputs: [MARGIN] },
    ],
    constants: [
      { name: 'zero', dims: [1], floats: new Float32Array(1) },
      { name: 'weights', dims: [features, groups], floats: weights.subarray(0, cut) },
      { name: 'bias', dims: [groups], floats: bias },
    ],
  };
}

function link(model: XGBoostModel): Node[] {
  switch (model.link) {
    case 'identity':
      return [{ type: 'Identity', inputs: [MARGIN], outputs: [PREDICTION] }];
    case 'sigmoid':
      return [{ type: 'Sigmoid', inputs: [MARGIN], outputs: [PREDICTION] }];
    case 'exp':
      return [{ type: 'Exp', inputs: [MARGIN], outputs: [PREDICTION] }];
    case 'softmax':
      return [softmax(PREDICTION)];
    case 'class':
      return [
        softmax(PROBABILITY),
        {
          type: 'ArgMax',
          inputs: [MARGIN],
          outputs: ['class'],
          attributes: { axis: { int: 1 }, keepdims: { int: 1 } },
        },
        { type: 'Cast', inputs: ['class'], outputs: [PREDICTION], attributes: { to: { int: 1 } } },
      ];
  }
}

function softmax(output: string): Node {
  return { type: 'Softmax', inputs: [MARGIN], outputs: [output], attributes: { axis: { int: 1 } } };
}
