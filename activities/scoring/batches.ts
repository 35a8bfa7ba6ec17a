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

  function start() {
    const matrix = buffers[turn++ % 2]!;
    return { matrix, leading: Array.from({ length: query.leading }, (): unknown[] => []), rows: 0 };
  }

  for await (const chunk of session.chunks(query.sql, query.params)) {
    const rows = chunk[0]?.length ?? 0;
    for (let from = 0; from < rows;) {
      const count = Math.min(rows - from, BATCH_ROWS - open.rows);
      copy(chunk, from, count, open, query.columns);
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

function copy(
  chunk: readonly unknown[][],
  from: number,
  count: number,
  to: OpenBatch,
  columns: number,
): void {
  to.leading.forEach((values, column) => {
    for (let row = from; row < from + count; row++) values.push(chunk[column]![row]);
  });
  for (let column = 0; column < columns; column++) {
    const values = chunk[to.leading.length + column];
    if (values === undefined) throw new RangeError(`The query has no column ${column} for the matrix.`);
    copyColumn(values, from, count, to.matrix, to.rows * columns + column, columns);
  }
  to.rows += count;
}

function copyColumn(
  values: readonly unknown[],
  from: number,
  count: number,
  matrix: Float32Array,
  place: number,
  stride: number,
): void {
  for (let row = from, at = place; row < from + count; row++, at += stride) {
    const value = values[row];
    matrix[at] = typeof value === 'number' ? value : Number.NaN;
  }
}
