/** A finished model judged on a channel by the library's own metrics. */
import { Booster, type Metrics } from './booster.ts';
import { readChannel } from './channel.ts';
import { loadXgboost, type XgboostLibrary } from './library.ts';
import { Matrix } from './matrix.ts';

interface Measured {
  /** Boosting rounds in the model. */
  readonly rounds: number;
  /** By `validation-<metric>`, for each that `eval_metric` names; none without files. */
  readonly metrics: Metrics;
}

/** @param files Parquet, the label first; none for the number of rounds alone */
export type Measure = (
  model: Uint8Array,
  files: readonly string[],
  hyperparameters: Readonly<Record<string, string>>,
) => Promise<Measured>;

/** Loads the library with the first model. One thread, as for predictions. */
export function createMeasure(libraryFile: string): Measure {
  let library: XgboostLibrary | undefined;
  return async (model, files, hyperparameters) => {
    library ??= loadXgboost(libraryFile);
    const booster = new Booster(library);
    try {
      booster.load(model);
      booster.set('nthread', '1');
      const rounds = booster.rounds();
      if (files.length === 0) return { rounds, metrics: {} };
      for (const metric of hyperparameters['eval_metric']?.split(',') ?? [])
        booster.set('eval_metric', metric.trim());
      const options = { threads: 1, sparse: hyperparameters['booster'] === 'gblinear' };
      const validation = new Matrix(library, await readChannel(files, 1), options);
      try {
        return { rounds, metrics: booster.evaluate(rounds, { validation }) };
      } finally {
        validation[Symbol.dispose]();
      }
    } finally {
      booster[Symbol.dispose]();
    }
  };
}
