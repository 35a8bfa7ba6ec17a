/** A version's own held-out rows, scored by it; and a sample of them that fits in memory, for explanations. */
import { join } from 'node:path/posix';
import { encodedColumns, type Encoder } from '../../workflows/domain/encoder.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import { createRandom } from '../../workflows/domain/random.ts';
import { attempt } from '../attempt.ts';
import type { DuckDB } from '../lake/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Channel } from '../training/contract.ts';

/** An open ONNX session: rows × columns in, a score for each row out. */
export interface Scorer {
  score(matrix: Float32Array, rows: number, columns: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Encoded rows with their labels and scores. */
export interface Sample {
  /** rows × columns, row-major. */
  readonly matrix: Float32Array;
  readonly columns: number;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

export interface HeldOut {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly sample: Sample;
}

export interface HeldOutQuery {
  readonly test: Channel;
  readonly encoder: Encoder;
  readonly label: string;
  readonly scorer: Scorer;
  readonly seed: number;
}

/** Enough to tell what a feature is worth, and few enough to score hundreds of times. */
const SAMPLE_ROWS = 4_000;

export async function readHeldOut(
  { store, duckdb }: { readonly store: ObjectStore; readonly duckdb: DuckDB },
  { test, encoder, label, scorer, seed }: HeldOutQuery,
): Promise<HeldOut> {
  const names = encodedColumns(encoder);
  const columns = names.length;
  const path = await store.stage(join(test.prefix, 'part-0.parquet'));
  const random = createRandom(`${seed}/held-out`);
  const all = { labels: [] as number[], scores: [] as number[] };
  const kept = { labels: [] as number[], scores: [] as number[], rows: [] as Float32Array[] };
  await duckdb.session(async (session) => {
    const sql = `SELECT ${[label, ...names].map(quoteIdentifier).join(', ')} FROM read_parquet($path)`;
    for await (const { leading, matrix, rows } of session.matrices(sql, 1, { path })) {
      attempt().signal.throwIfAborted();
      const scores = await scorer.score(matrix, rows, columns);
      for (let row = 0; row < rows; row += 1) {
        const [value, score] = [Number(leading[0]?.[row] ?? Number.NaN), scores[row] ?? Number.NaN];
        all.labels.push(value);
        all.scores.push(score);
        if (random() * test.rows >= SAMPLE_ROWS) continue;
        kept.labels.push(value);
        kept.scores.push(score);
        kept.rows.push(matrix.slice(row * columns, (row + 1) * columns));
      }
    }
  });
  return { ...all, sample: { ...kept, columns, matrix: joined(kept.rows, columns) } };
}

function joined(rows: readonly Float32Array[], columns: number): Float32Array {
  const matrix = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => matrix.set(row, at * columns));
  return matrix;
}
