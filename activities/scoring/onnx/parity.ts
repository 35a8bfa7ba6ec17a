/** The proof that a converted model is the trained one: predictions side by side, or `ParityFailed`. */
import { ApplicationFailure } from '@temporalio/common';
import { attempt } from '../../attempt.ts';
import type { Parity } from '../contract.ts';
import type { XGBoostModel } from '../xgboost/model.ts';
import { applyLink } from '../xgboost/objective.ts';
import { margins } from '../xgboost/walker.ts';
import { PREDICTION, PROBABILITY } from './from-xgboost.ts';
import { openScorer, type Scorer } from './scorer.ts';

/** XGBoost's own predictions: model file, rows × columns matrix, row-major, NaN for missing. */
export type Predict = (
  model: Uint8Array,
  matrix: Float32Array,
  rows: number,
  columns: number,
) => Float32Array | Promise<Float32Array>;

/** Absolute on probabilities; relative to the expected value where predictions may be larger than one. */
const PARITY_BOUND = 1e-5;

export interface Side {
  readonly file: Uint8Array;
  readonly model: XGBoostModel;
  readonly onnx: Uint8Array;
}

interface Rows {
  readonly matrix: Float32Array;
  readonly rows: number;
}

/**
 * ONNX Runtime against the walker and, where `predict` is given, the trainer's own library.
 * @throws ParityFailed where any row differs by more than the bound, or there are no rows to compare
 */
export async function proveParity(
  side: Side,
  batches: AsyncIterable<Rows> | Iterable<Rows>,
  predict?: Predict,
): Promise<Parity> {
  const scorer = await openScorer(side.onnx);
  let parity: Parity = { rows: 0, maxAbsDiff: 0 };
  try {
    for await (const batch of batches) {
      attempt().signal.throwIfAborted();
      const difference = await differenceOn(side, scorer, batch, predict);
      parity = { rows: parity.rows + batch.rows, maxAbsDiff: Math.max(parity.maxAbsDiff, difference) };
      attempt().progress({ proven: parity.rows });
    }
  } finally {
    await scorer.close();
  }
  if (parity.rows > 0 && parity.maxAbsDiff <= PARITY_BOUND) return parity;
  throw parityFailed(parity);
}

function parityFailed(parity: Parity): ApplicationFailure {
  const message =
    parity.rows === 0
      ? 'There are no rows to prove the converted model on. Give the dataset a test part.'
      : `The ONNX model and XGBoost differ by ${parity.maxAbsDiff} on ${parity.rows} rows, more than ` +
        `${PARITY_BOUND}. The model must not be used; train it again, or report it with the model file.`;
  return ApplicationFailure.nonRetryable(message, 'ParityFailed', parity);
}

/** A class is right or wrong by a whole number, and a tie may fall either way: its probabilities are compared. */
async function differenceOn(
  { file, model }: Side,
  scorer: Scorer,
  { matrix, rows }: Rows,
  predict?: Predict,
): Promise<number> {
  const isClass = model.link === 'class';
  const output = isClass ? PROBABILITY : PREDICTION;
  const actual = await scorer.score(matrix, rows, model.features, output);
  const walked = applyLink(isClass ? 'softmax' : model.link, margins(model, matrix, rows), model.groups);
  const fromWalker = largestDifference(actual, walked);
  if (predict === undefined) return fromWalker;
  const trained = await predict(file, matrix, rows, model.features);
  const fromTrainer = isClass
    ? largestShortfall(actual, trained, model.groups)
    : largestDifference(actual, trained);
  return Math.max(fromWalker, fromTrainer);
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
