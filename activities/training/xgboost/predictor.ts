/** The trainer's own predictions of a saved model, which the proof of a converted one compares with. */
import { Booster } from './booster.ts';
import { loadXgboost, type XgboostLibrary } from './library.ts';
import { Matrix } from './matrix.ts';

/** Rows of row-major float32 in; out, as many values per row as the model has outputs. */
export type Predict = (
  model: Uint8Array,
  values: Float32Array,
  rows: number,
  columns: number,
) => Float32Array<ArrayBuffer>;

/**
 * Loads the library with the first prediction. One thread: OpenMP's waiting threads would spin in
 * a process that has other work.
 */
export function createPredictor(libraryFile: string): Predict {
  return onSavedModel(libraryFile, (booster, matrix) => booster.predict(matrix));
}

/**
 * Rows of row-major float32 in; out, for every row what each column adds to its log odds, and last
 * what all rows begin with. Of a model with one output. It takes its time: a few rows at a time.
 */
export function createContributor(libraryFile: string): Predict {
  return onSavedModel(libraryFile, (booster, matrix) => booster.contributions(matrix));
}

function onSavedModel(
  libraryFile: string,
  ask: (booster: Booster, matrix: Matrix) => Float32Array<ArrayBuffer>,
): Predict {
  let library: XgboostLibrary | undefined;
  return (model, values, rows, columns) => {
    library ??= loadXgboost(libraryFile);
    const matrix = new Matrix(library, { values, rows, columns }, { threads: 1 });
    const booster = new Booster(library);
    try {
      booster.load(model);
      booster.set('nthread', '1');
      return ask(booster, matrix);
    } finally {
      booster[Symbol.dispose]();
      matrix[Symbol.dispose]();
    }
  };
}
