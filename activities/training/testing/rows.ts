/** Seeded rows with a label that depends on the first three columns, and gaps. */
import { createRandom } from '../../../workflows/domain/random.ts';
import type { Rows } from '../xgboost/matrix.ts';

export function labelledRows(rows: number, columns: number, seed: number): Required<Rows> {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: rows * columns }, () =>
    random() < 0.05 ? Number.NaN : Math.round(random() * 20) / 4,
  );
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = [0, 1, 2].map((column) => values[row * columns + column] || 0);
    const margin = 0.8 * (a - 2.5) - 0.5 * (b - 2.5) + (c > 4 ? 1 : 0) - 1;
    return random() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  });
  return { values, labels, rows, columns };
}
