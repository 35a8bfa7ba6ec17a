/** A boosted model of two trees as XGBoost's save_model writes it, small enough to work out by hand. */
import type { Json } from './ubjson-writer.ts';

/** Feature 0 below 0.5 (or missing) gives -1, else feature 1 below 2 gives 0.25, else (or missing) 1. */
const DEEP = {
  left_children: [1, -1, 3, -1, -1],
  right_children: [2, -1, 4, -1, -1],
  split_indices: [0, 0, 1, 0, 0],
  split_conditions: [0.5, -1, 2, 0.25, 1],
  default_left: [1, 0, 0, 0, 0],
  tree_param: { num_nodes: '5', size_leaf_vector: '1' },
};
const STUMP = {
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_indices: [2, 0, 0],
  split_conditions: [0.5, -0.5, 0.5],
  default_left: [1, 0, 0],
  tree_param: { num_nodes: '3', size_leaf_vector: '1' },
};

export interface ModelFields {
  readonly learner: {
    readonly learner_model_param: Record<string, Json>;
    readonly objective: Record<string, Json>;
    readonly gradient_booster: { name: string; model: Record<string, Json> } & Record<string, Json>;
  };
  readonly version: number[];
}

/** A fresh copy each time, for tests change it. */
export function modelFields(features = 3): ModelFields {
  return structuredClone({
    learner: {
      learner_model_param: {
        base_score: '[5E-1]',
        num_class: '0',
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name: 'binary:logistic' },
      gradient_booster: { name: 'gbtree', model: { tree_info: [0, 0], trees: [DEEP, STUMP] } },
    },
    version: [3, 2, 0],
  });
}

export function modelFile(fields: ModelFields = modelFields()): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(fields));
}
