/** A logistic regression with weights of the test's own, as ONNX: no trainer is needed to have a model. */
import { encodedFeatures, type Encoder } from '../../../workflows/domain/encoder.ts';
import { toOnnx } from '../../scoring/onnx/from-xgboost.ts';
import { readModel } from '../../scoring/xgboost/model.ts';

/** `weights` by the encoder's names for its places; all others are nought. */
export function linearModel(
  encoder: Encoder,
  weights: Readonly<Record<string, number>>,
  bias: number,
): Uint8Array {
  const features = encodedFeatures(encoder);
  const model = {
    learner: {
      learner_model_param: {
        base_score: '[5E-1]',
        num_class: '0',
        num_feature: String(features.length),
        num_target: '1',
      },
      objective: { name: 'binary:logistic' },
      gradient_booster: {
        name: 'gblinear',
        model: { weights: [...features.map((feature) => weights[feature] ?? 0), bias] },
      },
    },
    version: [3, 2, 0],
  };
  return toOnnx(readModel(new TextEncoder().encode(JSON.stringify(model))));
}
