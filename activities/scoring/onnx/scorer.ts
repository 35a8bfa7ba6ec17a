/** ONNX Runtime on a model of ours: float32 matrix in, float32 predictions out. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { INPUT, PREDICTION } from './from-xgboost.ts';

export interface Scorer {
  /**
   * `matrix` is rows × columns, row-major, NaN for missing; the answer is rows × the output's width.
   * In batches, so that the event loop gets its turn. Fetches that one output only.
   */
  score(matrix: Float32Array, rows: number, columns: number, output?: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Beyond this many rows at once nothing is gained. */
export const BATCH_ROWS = 20_000;

export async function openScorer(onnx: Uint8Array, threads = 2): Promise<Scorer> {
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Idle threads that spin would take the cores from DuckDB, which reads the next batch.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });

  async function scoreBatch(matrix: Float32Array, rows: number, columns: number, output: string) {
    const input = new Tensor('float32', matrix, [rows, columns]);
    const answer = (await session.run({ [INPUT]: input }, [output]))[output];
    if (!(answer?.data instanceof Float32Array)) throw new TypeError(`'${output}' is no float32 output.`);
    return answer.data;
  }

  return {
    async score(matrix, rows, columns, output = PREDICTION) {
      if (matrix.length !== rows * columns) {
        throw new RangeError(`${matrix.length} values are not ${rows} rows of ${columns} columns.`);
      }
      if (rows === 0) return new Float32Array(0);
      if (rows <= BATCH_ROWS) return scoreBatch(matrix, rows, columns, output);
      const parts: Float32Array[] = [];
      for (let row = 0; row < rows; row += BATCH_ROWS) {
        const end = Math.min(rows, row + BATCH_ROWS);
        const part = matrix.subarray(row * columns, end * columns);
        parts.push(await scoreBatch(part, end - row, columns, output));
      }
      return concatenate(parts);
    },
    close: () => session.release(),
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
