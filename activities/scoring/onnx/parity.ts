/** The proof that a converted model is the trained one: predictions side by side, or `ParityFailed`. */
import { ApplicationFailure } from '@temporalio/common';
import type { Parity } from '../contract.ts';
import type { XGBoostModel } from '../xgboost/model.ts';
import { applyLink } from '../xgboost/objective.ts';
import { margins } from '../xgboost/walker.ts';
import { PREDICTION, PROBABILITY } from './from-xgboost.ts';
import { openScorer } from './scorer.ts';

/** XGBoost's own predictions: model file, rows × columns matrix, row-major, NaN for missing. */
export type Predict = (
  model: Uint8Array,
  matrix: Float32Array,
  rows: number,
  columns: number,
) => Promise<Float32Array>;

/** Absolute on probabilities; relative to the expected value where predictions may be larger than one. */
export const PARITY_BOUND = 1e-5;

export interface Side {
  readonly file: Uint8Array;
  readonly model: XGBoostModel;
  readonly onnx: Uint8Array;
}

/**
 * ONNX Runtime against the walker and, where `predict` is given, the trainer's own library.
 * @throws ParityFailed where any row differs by more than the bound, or there are no rows to compare
 */
export async function proveParity(
  { file, model, onnx }: Side,
  matrix: Float32Array,
  rows: number,
  predict?: Predict,
): Promise<Parity> {
  // A class is right or wrong by a whole number, and a tie may fall either way: its probabilities are compared.
  const link = model.link === 'class' ? 'softmax' : model.link;
  const actual = await run(onnx, matrix, rows, model);
  const walked = applyLink(link, margins(model, matrix, rows), model.groups);
  let maxAbsDiff = largestDifference(actual, walked);
  if (predict !== undefined) {
    const trained = await predict(file, matrix, rows, model.features);
    const difference =
      model.link === 'class'
        ? largestShortfall(actual, trained, model.groups)
        : largestDifference(actual, trained);
    maxAbsDiff = Math.max(maxAbsDiff, difference);
  }
  if (rows > 0 && maxAbsDiff <= PARITY_BOUND) return { rows, maxAbsDiff };
  throw ApplicationFailure.nonRetryable(
    rows === 0
      ? 'There are no rows to prove the converted model on: give the dataset a test part.'
      : `The ONNX model and XGBoost differ by ${maxAbsDiff} on ${rows} rows, more than ${PARITY_BOUND}; ` +
          'the model is not registered. Report it with the model file.',
    'ParityFailed',
    { rows, maxAbsDiff },
  );
}

async function run(onnx: Uint8Array, matrix: Float32Array, rows: number, model: XGBoostModel) {
  const scorer = await openScorer(onnx);
  try {
    const output = model.link === 'class' ? PROBABILITY : PREDICTION;
    return await scorer.score(matrix, rows, model.features, output);
  } finally {
    await scorer.close();
  }
}

/** Infinity where lengths differ or anything is not a finite number. */
function largestDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    const wanted = expected[index]!;
    const difference = Math.abs(actual[index]! - wanted) / Math.max(1, Math.abs(wanted));
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/** How much less probable the trainer's class is than the most probable one. */
function largestShortfall(probabilities: Float32Array, classes: Float32Array, groups: number): number {
  if (probabilities.length !== classes.length * groups) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let row = 0; row < classes.length; row++) {
    const ofRow = probabilities.subarray(row * groups, (row + 1) * groups);
    const chosen = ofRow[classes[row]!] ?? Number.NEGATIVE_INFINITY;
    largest = Math.max(largest, Math.max(...ofRow) - chosen);
  }
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest;
}
