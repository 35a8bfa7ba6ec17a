import { beforeAll, describe, expect, it } from 'vitest';

import { xgboostPath } from '../testing/library.ts';
import { labelledRows } from '../testing/rows.ts';
import { boost } from './boost.ts';
import { Booster } from './booster.ts';
import { loadXgboost, type XgboostLibrary } from './library.ts';
import { Matrix } from './matrix.ts';
import { createContributor } from './predictor.ts';

const COLUMNS = 6;
const rows = labelledRows(1_000, COLUMNS, 3);
const FAMILIES = {
  boosted: { objective: 'binary:logistic', eta: '0.2', max_depth: '3', num_round: '20' },
  forest: { objective: 'binary:logistic', eta: '1', num_parallel_tree: '10', max_depth: '4', num_round: '1' },
  linear: { objective: 'binary:logistic', booster: 'gblinear', updater: 'coord_descent', num_round: '10' },
};

let file: string;
let library: XgboostLibrary;
beforeAll(async () => {
  file = await xgboostPath();
  library = loadXgboost(file);
});

describe('createContributor', () => {
  it.each(Object.keys(FAMILIES) as (keyof typeof FAMILIES)[])(
    'explains every row of a %s model so that its parts sum to the log odds',
    async (family) => {
      const matrix = new Matrix(library, rows, { threads: 2 });
      const hyperparameters = { ...FAMILIES[family], eval_metric: 'auc', seed: '7' };
      const { model } = await boost(library, { train: matrix, threads: 2, hyperparameters }, () => undefined);
      const booster = new Booster(library);
      booster.load(model);
      const margins = booster.predict(matrix, { margin: true });
      const parts = createContributor(file)(model, rows.values, rows.rows, COLUMNS);
      expect(parts).toHaveLength(rows.rows * (COLUMNS + 1));
      const sums = margins.map((_, row) =>
        parts.subarray(row * (COLUMNS + 1), (row + 1) * (COLUMNS + 1)).reduce((sum, part) => sum + part, 0),
      );
      const worst = Math.max(...margins.map((margin, row) => Math.abs(margin - (sums[row] ?? Number.NaN))));
      expect(worst).toBeLessThan(1e-4);
      const sizeOf = (column: number): number =>
        margins.reduce((sum, _, row) => sum + Math.abs(parts[row * (COLUMNS + 1) + column] ?? 0), 0);
      // The label depends on the first column most, and on the last not at all.
      expect(sizeOf(0)).toBeGreaterThan(3 * sizeOf(COLUMNS - 1));
    },
  );
});
