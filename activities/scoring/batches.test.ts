import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryLake, type TemporaryLake } from '../lake/testing/temporary-lake.ts';
import { readBatches } from './batches.ts';

let lake: TemporaryLake;

beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

describe('readBatches', () => {
  it('gives every row once, its values beside its key, NULL as NaN', async () => {
    const sql = `SELECT 'k' || range AS key, CAST(range AS FLOAT) AS a,
      CASE WHEN range % 3 <> 0 THEN CAST(-range AS FLOAT) END AS b FROM range($rows)`;
    const sizes: number[] = [];
    const wrong: unknown[] = [];
    const seen = new Set<unknown>();
    await lake.duckdb.session(async (session) => {
      const query = { sql, params: { rows: 41_000 }, leading: 1, columns: 2 };
      for await (const { leading, matrix, rows } of readBatches(session, query)) {
        sizes.push(rows);
        for (let row = 0; row < rows; row++) {
          const [a, b] = matrix.subarray(row * 2, row * 2 + 2);
          const key = leading[0]![row];
          const expected = a! % 3 === 0 ? Number.NaN : -a!;
          if (key !== `k${a}` || !Object.is(b, expected)) wrong.push([key, a, b]);
          seen.add(key);
        }
      }
    });
    expect([sizes, wrong, seen.size]).toEqual([[20_000, 20_000, 1_000], [], 41_000]);
  });

  it('refuses a query of another width instead of shifting values', async () => {
    const read = lake.duckdb.session(async (session) => {
      const query = { sql: 'SELECT 1::FLOAT AS a, 2::FLOAT AS b', leading: 0, columns: 3 };
      for await (const batch of readBatches(session, query)) void batch;
    });
    await expect(read).rejects.toThrow('has not the 3 columns');
  });
});
