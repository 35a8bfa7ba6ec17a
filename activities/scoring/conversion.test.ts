import { describe, expect, it, onTestFinished } from 'vitest';
import { MARGIN, PREDICTION, toOnnx } from './onnx/from-xgboost.ts';
import { proveParity } from './onnx/parity.ts';
import { openScorer } from './onnx/scorer.ts';
import { COLUMNS, MODEL_KINDS, sampleMatrix, trainingJob } from './testing/cases.ts';
import { libraryPath, openXgboost } from './testing/xgboost.ts';
import { readModel } from './xgboost/model.ts';
import { margins, predictions } from './xgboost/walker.ts';

const ROWS = 3_000;
const unseen = sampleMatrix(23, ROWS, 0.15);
const xgboost = libraryPath === undefined ? undefined : openXgboost(libraryPath);
if (xgboost === undefined) console.warn('skipped: conversion against XGBoost needs ASSAY_XGBOOST');

describe.skipIf(xgboost === undefined).each(MODEL_KINDS)('XGBoost model: $name', (kind) => {
  const trained = xgboost!.train(trainingJob(kind));
  const file = trained.file('ubj');
  const model = readModel(file);

  it('is read the same from UBJSON and from JSON', () => {
    expect(readModel(trained.file('json'))).toStrictEqual(model);
  });

  it('is walked to the margins of XGBoost, bit for bit', () => {
    expect(margins(model, unseen, ROWS)).toStrictEqual(trained.margins(unseen, ROWS, COLUMNS));
  });

  it('gives the same bytes whenever it is converted', () => {
    expect(Buffer.from(toOnnx(model)).equals(Buffer.from(toOnnx(readModel(file))))).toBe(true);
  });

  it('is proven in ONNX Runtime against the walker and XGBoost', async () => {
    const predict = (bytes: Uint8Array, matrix: Float32Array, rows: number, columns: number) =>
      xgboost!.load(bytes).predict(matrix, rows, columns);
    const parity = await proveParity(
      { file, model, onnx: toOnnx(model) },
      [{ matrix: unseen, rows: ROWS }],
      predict,
    );
    expect(parity.rows).toBe(ROWS);
    expect(parity.maxAbsDiff).toBeLessThan(1e-5);
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
