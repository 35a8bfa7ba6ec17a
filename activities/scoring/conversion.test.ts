import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { xgboostPath } from '../training/testing/library.ts';
import { createPredictor } from '../training/xgboost/predictor.ts';
import { convertFile } from './convert-file.ts';
import { MARGIN, PREDICTION, toOnnx } from './onnx/from-xgboost.ts';
import { proveParity } from './onnx/parity.ts';
import { openScorer } from './onnx/scorer.ts';
import { COLUMNS, MODEL_KINDS, sampleMatrix, trainingJob } from './testing/cases.ts';
import { openXgboost, type TrainedModel } from './testing/xgboost.ts';
import { readModel, type XGBoostModel } from './xgboost/model.ts';
import { margins, predictions } from './xgboost/walker.ts';

const ROWS = 3_000;
const unseen = sampleMatrix(23, ROWS, 0.15);
const train = await openXgboost();
const predict = createPredictor(await xgboostPath());

describe.each(MODEL_KINDS)('XGBoost model: $name', (kind) => {
  let trained: TrainedModel;
  let file: Uint8Array;
  let model: XGBoostModel;

  beforeAll(() => {
    trained = train(trainingJob(kind));
    file = trained.file('ubj');
    model = readModel(file);
  });

  it('is read the same from UBJSON and from JSON', () => {
    expect(readModel(trained.file('json'))).toStrictEqual(model);
  });

  it('is walked to the margins of XGBoost, bit for bit', () => {
    const walked = margins(model, unseen, ROWS);
    const expected = trained.margins(unseen, ROWS, COLUMNS);
    // Where there is one instruction for it, compilers multiply and add without rounding between.
    const fused = process.arch !== 'x64' && model.booster !== 'gbtree';
    const apart = walked.map((margin, at) => Math.abs(margin - expected[at]!));
    expect(expected.length).toBe(walked.length);
    expect(Math.max(...apart)).toBeLessThanOrEqual(fused ? 1e-5 : 0);
  });

  it('gives the same bytes whenever it is converted', () => {
    expect(Buffer.from(toOnnx(model)).equals(Buffer.from(toOnnx(readModel(file))))).toBe(true);
  });

  it('is proven in ONNX Runtime against the walker and XGBoost', async () => {
    const side = { file, model, onnx: toOnnx(model) };
    const parity = await proveParity(side, [{ matrix: unseen, rows: ROWS }], predict);
    expect(parity.rows).toBe(ROWS);
    expect(parity.maxAbsDiff).toBeLessThanOrEqual(1e-5);
  });

  it('is proven on thresholds and beside them as well', async () => {
    const converted = await convertFile(file, predict);
    expect(converted.objective).toBe(kind.params['objective']);
    expect(converted.parity.rows).toBe(2_000);
  });

  it('answers predictions and margins under their names', async () => {
    const scorer = await openScorer(toOnnx(model));
    onTestFinished(() => scorer.close());
    const predicted = await scorer.score(unseen, ROWS, COLUMNS, PREDICTION);
    expect(predicted.length).toBe(predictions(model, unseen, ROWS).length);
    const margin = await scorer.score(unseen, ROWS, COLUMNS, MARGIN);
    expect(margin.length).toBe(ROWS * model.groups);
  });
});
