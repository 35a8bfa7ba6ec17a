import { beforeAll, describe, expect, it } from 'vitest';

import { xgboostPath } from '../testing/library.ts';
import { labelledRows } from '../testing/rows.ts';
import type { Round } from '../trainer.ts';
import { boost, type BoostInput } from './boost.ts';
import { Booster } from './booster.ts';
import { check, loadXgboost, type XgboostLibrary } from './library.ts';
import { Matrix } from './matrix.ts';

let library: XgboostLibrary;
beforeAll(async () => {
  library = loadXgboost(await xgboostPath());
});

const trainRows = labelledRows(2_000, 6, 1);
const validationRows = labelledRows(1_000, 6, 2);

function inputOf(hyperparameters: Record<string, string>, sparse = false): BoostInput {
  const options = { threads: 2, sparse };
  const train = new Matrix(library, trainRows, options);
  const validation = new Matrix(library, validationRows, options);
  return { train, validation, threads: 2, hyperparameters };
}

const boosted = {
  objective: 'binary:logistic',
  tree_method: 'hist',
  eta: '0.2',
  max_depth: '3',
  num_round: '20',
  eval_metric: 'auc,logloss',
  seed: '7',
};
const linear = {
  booster: 'gblinear',
  updater: 'coord_descent',
  objective: 'binary:logistic',
  num_round: '10',
  lambda: '0.01',
  eval_metric: 'auc',
};

function predict(model: Uint8Array, matrix: Matrix, margin = false): Float32Array {
  const booster = new Booster(library);
  booster.load(model);
  return booster.predict(matrix, { margin });
}

/** Share of pairs of a positive and a negative that are in order; ties count half. */
function areaUnderCurve(scores: Float32Array, labels: Float32Array): number {
  const of = (label: number) => [...scores].filter((_, index) => labels[index] === label);
  const [positives, negatives] = [of(1), of(0)];
  const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

describe('boost', () => {
  it('reports metrics that the saved model has on the validation rows', async () => {
    const input = inputOf(boosted);
    const { model, metrics, rounds } = await boost(library, input, () => undefined);
    const scores = predict(model, input.validation ?? input.train);
    const logLoss =
      scores.reduce((sum, p, row) => sum - Math.log(validationRows.labels[row] === 1 ? p : 1 - p), 0) /
      scores.length;
    expect(rounds).toBe(20);
    expect(metrics['validation-auc']).toBeCloseTo(areaUnderCurve(scores, validationRows.labels), 6);
    expect(metrics['validation-logloss']).toBeCloseTo(logLoss, 6);
    expect(metrics['validation-auc']).toBeGreaterThan(0.7);
  });

  it('stops when the last metric has stopped improving, and saves the best round', async () => {
    const rounds: Round[] = [];
    const input = inputOf({ ...boosted, eta: '0.5', num_round: '300', early_stopping_rounds: '5' });
    const result = await boost(library, input, (round) => rounds.push(round));
    const losses = rounds.map(({ metrics }) => metrics['validation-logloss'] ?? Number.NaN);
    const best = losses.indexOf(Math.min(...losses));
    expect(rounds.length).toBe(best + 1 + 5);
    expect(result.rounds).toBe(best + 1);
    expect(result.metrics).toEqual(rounds[best]?.metrics);
    const saved = JSON.parse(Buffer.from(jsonOf(result.model)).toString());
    expect(saved.learner.gradient_booster.model.trees).toHaveLength(best + 1);
  });

  it('maximises AUC where that is the last metric', async () => {
    const rounds: Round[] = [];
    const input = inputOf({
      ...boosted,
      num_round: '100',
      eval_metric: 'logloss,auc',
      early_stopping_rounds: '4',
    });
    const result = await boost(library, input, (round) => rounds.push(round));
    const areas = rounds.map(({ metrics }) => metrics['validation-auc'] ?? 0);
    expect(result.rounds).toBe(areas.indexOf(Math.max(...areas)) + 1);
  });

  it('trains a linear model that is the same from sparse and from dense rows', async () => {
    const dense = await boost(library, inputOf(linear), () => undefined);
    const sparse = await boost(library, inputOf(linear, true), () => undefined);
    expect(Buffer.from(sparse.model).equals(dense.model)).toBe(true);
  });

  it('leaves a missing value out of a linear model’s sum', async () => {
    const { model } = await boost(library, inputOf(linear), () => undefined);
    const row = (first: number) => {
      const values = Float32Array.of(first, 1, 1, 1, 1, 1);
      return new Matrix(library, { values, rows: 1, columns: 6 }, { threads: 1 });
    };
    expect(predict(model, row(Number.NaN), true)).toEqual(predict(model, row(0), true));
    expect(predict(model, row(4), true)).not.toEqual(predict(model, row(0), true));
  });

  it('refuses what it cannot carry out, by name', async () => {
    const refused = (over: Record<string, string>) =>
      boost(library, inputOf({ ...boosted, ...over }), () => undefined);
    await expect(refused({ num_round: '0' })).rejects.toThrow(/num_round must be a positive whole number/);
    await expect(refused({ booster: 'gblinear', early_stopping_rounds: '3' })).rejects.toThrow(/gblinear/);
    await expect(refused({ objective: 'binary:logstic' })).rejects.toThrow(/binary:logstic/);
    await expect(refused({ eta: 'fast' })).rejects.toMatchObject({ type: 'XgboostError' });
  });

  it('fails where a metric is undefined', async () => {
    const oneClass = { ...validationRows, labels: new Float32Array(validationRows.rows) };
    const validation = new Matrix(library, oneClass, { threads: 2 });
    // The library would say so on stderr, too.
    const silent = { ...boosted, eval_metric: 'auc', verbosity: '0' };
    await expect(boost(library, { ...inputOf(silent), validation }, () => undefined)).rejects.toMatchObject({
      type: 'TrainingFailed',
    });
  });
});

function jsonOf(model: Uint8Array): Uint8Array {
  const booster = new Booster(library);
  booster.load(model);
  return booster.save('json');
}

describe('loadXgboost', () => {
  it('names the file that it could not load', () => {
    expect(() => loadXgboost('/nowhere/libxgboost.so')).toThrow(/\/nowhere\/libxgboost\.so.*assay doctor/);
  });

  it('carries the library’s own words without its stack trace', () => {
    const booster = new Booster(library);
    const load = () => booster.load(Buffer.from('not a model'));
    expect(load).toThrow(/model|JSON|UBJ|format|invalid|Check failed/i);
    expect(load).not.toThrow(/Stack trace|\n/);
    expect(() => check(library, 0)).not.toThrow();
  });
});
