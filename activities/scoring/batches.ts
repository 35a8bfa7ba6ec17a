/** Rows of a query as float32 matrices of bounded size: what ONNX Runtime and the trainer's library read. */
import type { Session, SqlParams } from '../lake/contract.ts';
import { BATCH_ROWS } from './onnx/scorer.ts';

export interface Batch {
  /** The leading columns of the query that are not part of the matrix, by column. */
  readonly leading: readonly (readonly unknown[])[];
  /** rows × columns, row-major; NULL has become NaN. Its memory is used again for the batch after the next. */
  readonly matrix: Float32Array;
  readonly rows: number;
}

export interface BatchQuery {
  readonly sql: string;
  readonly params?: SqlParams;
  /** How many columns come before those of the matrix. */
  readonly leading: number;
  readonly columns: number;
}

/** Two batches are alive at once: while one is being scored, the next is read. */
export async function* readBatches(session: Session, query: BatchQuery): AsyncGenerator<Batch> {
  const buffers = [0, 1].map(() => new Float32Array(BATCH_ROWS * query.columns));
  let turn = 0;
  let open = start();

  function start(): OpenBatch {
    const matrix = buffers[turn++ % 2]!;
    return { matrix, leading: Array.from({ length: query.leading }, (): unknown[] => []), rows: 0 };
  }

  for await (const chunk of session.matrices(query.sql, query.leading, query.params)) {
    if (chunk.matrix.length !== chunk.rows * query.columns) {
      throw new RangeError(`The query has not the ${query.columns} columns of the matrix.`);
    }
    for (let from = 0; from < chunk.rows;) {
      const count = Math.min(chunk.rows - from, BATCH_ROWS - open.rows);
      const part = chunk.matrix.subarray(from * query.columns, (from + count) * query.columns);
      open.matrix.set(part, open.rows * query.columns);
      open.leading.forEach((values, column) =>
        values.push(...chunk.leading[column]!.slice(from, from + count)),
      );
      open.rows += count;
      from += count;
      if (open.rows === BATCH_ROWS) {
        yield close(open, query.columns);
        open = start();
      }
    }
  }
  if (open.rows > 0) yield close(open, query.columns);
}

interface OpenBatch {
  readonly leading: unknown[][];
  readonly matrix: Float32Array;
  rows: number;
}

function close({ leading, matrix, rows }: OpenBatch, columns: number): Batch {
  return { leading, matrix: matrix.subarray(0, rows * columns), rows };
}
