/** ONNX Runtime on a model of ours: float32 matrix in, float32 predictions out. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { INPUT, PREDICTION } from './from-xgboost.ts';
import './telemetry.ts';

export interface Scorer {
  /**
   * `matrix` is rows × columns, row-major, NaN for missing; the answer is rows × the output's width.
   * Off the event loop, in batches, and one call after the other. Fetches that one output only.
   */
  score(matrix: Float32Array, rows: number, columns: number, output?: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Beyond this many rows at once nothing is gained. */
export const BATCH_ROWS = 20_000;

const THREAD = new URL('./session-thread.mjs', import.meta.url);

export async function openScorer(onnx: Uint8Array, threads = 2): Promise<Scorer> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Idle threads that spin would take the cores from DuckDB, which reads the next batch.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const thread = new Worker(THREAD, { workerData: { onnx, options } });
  await once(thread, 'message');
  let free: Promise<unknown> = Promise.resolve();

  /** The thread answers in order; waiting for one's turn makes the next message the answer. */
  function scoreBatch(matrix: Float32Array, rows: number, columns: number, output: string) {
    const answer = free.then(async () => {
      const copy = matrix.slice();
      thread.postMessage({ matrix: copy, rows, columns, input: INPUT, output }, [copy.buffer]);
      return floats(await once(thread, 'message'), output);
    });
    free = answer.catch(() => undefined);
    return answer;
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
    async close() {
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}

function floats([answer]: unknown[], output: string): Float32Array {
  const { data, error } = answer as { readonly data?: unknown; readonly error?: Error };
  if (error !== undefined) throw error;
  if (!(data instanceof Float32Array)) throw new TypeError(`'${output}' is no float32 output.`);
  return data;
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
