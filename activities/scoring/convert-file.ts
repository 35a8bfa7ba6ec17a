/** Any XGBoost model file to ONNX, proven on rows made up for the model: `assay models convert`. No store, no server. */
import { digestOf } from '../artefact.ts';
import { toOnnx } from './onnx/from-xgboost.ts';
import { type Predict, proveParity } from './onnx/parity.ts';
import { probeRows } from './onnx/probe-rows.ts';
import { readModel, type XGBoostModel } from './xgboost/model.ts';
import type { ConvertedFile } from './contract.ts';

const PROBE_ROWS = 2_000;

/** @throws UnsupportedModel, InvalidModel, ParityFailed */
export async function convertFile(file: Uint8Array, predict?: Predict): Promise<ConvertedFile> {
  const model = readModel(file);
  const onnx = toOnnx(model);
  const probe = { matrix: probeRows(model, PROBE_ROWS), rows: PROBE_ROWS };
  const parity = await proveParity({ file, model, onnx }, [probe], predict);
  const { objective, booster, features } = model;
  return {
    onnx,
    objective,
    booster,
    trees: model.booster === 'gblinear' ? 0 : model.trees.length,
    features,
    classes: classesOf(model),
    parity,
    digest: digestOf(onnx),
  };
}

/** 2 where there is one probability; 0 where nothing is classified. */
function classesOf({ link, groups, objective }: XGBoostModel): number {
  if (link === 'softmax' || link === 'class') return groups;
  return objective.startsWith('binary:') ? 2 : 0;
}
