/** The trainer's own explanation: what each feature adds to the log odds of a row, on average in size. */
import { setImmediate } from 'node:timers/promises';
import { attempt } from '../attempt.ts';
import type { TreeContributions } from './contract.ts';
import type { FeatureColumns } from './feature-columns.ts';
import type { Sample } from './held-out.ts';

/** Rows × columns in; rows × (columns + 1) out: each column's contribution, then what all rows begin with. */
export type Contribute = (
  model: Uint8Array,
  values: Float32Array,
  rows: number,
  columns: number,
) => Float32Array;

/** Calls block this thread, and heartbeats have to get through between them. */
const ROWS_AT_ONCE = 50;
const MOST_ROWS = 1_000;
/** The work grows with the leaves of all trees, and the file with them: a big forest gets fewer rows. */
const BYTES_TIMES_ROWS = 500_000_000;

export async function treeContributions(
  model: Uint8Array,
  { matrix, columns, labels }: Sample,
  features: readonly FeatureColumns[],
  contribute: Contribute,
): Promise<TreeContributions> {
  const affordable = Math.max(ROWS_AT_ONCE, Math.floor(BYTES_TIMES_ROWS / model.length));
  const rows = Math.min(labels.length, MOST_ROWS, affordable);
  const sums = features.map(() => 0);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    attempt().signal.throwIfAborted();
    const count = Math.min(ROWS_AT_ONCE, rows - from);
    const values = matrix.slice(from * columns, (from + count) * columns);
    addSizes(sums, contribute(model, values, count, columns), { rows: count, columns, features });
    await setImmediate();
  }
  return {
    method: 'XGBoost’s contributions (SHAP values of trees, weights of a linear model)',
    rows,
    features: features
      .map(({ feature }, place) => ({ feature, contribution: (sums[place] ?? 0) / rows }))
      .toSorted((one, other) => other.contribution - one.contribution),
  };
}

/** Places of one feature are added up before their size is taken: they speak of one value. */
function addSizes(
  sums: number[],
  contributions: Float32Array,
  {
    rows,
    columns,
    features,
  }: { readonly rows: number; readonly columns: number; readonly features: readonly FeatureColumns[] },
): void {
  for (let row = 0; row < rows; row += 1) {
    const start = row * (columns + 1);
    features.forEach(({ from, width }, place) => {
      let sum = 0;
      for (let column = from; column < from + width; column += 1) sum += contributions[start + column] ?? 0;
      sums[place] = (sums[place] ?? 0) + Math.abs(sum);
    });
  }
}
