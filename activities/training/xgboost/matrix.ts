/** XGBoost's DMatrix: rows of features with their labels, in the library's memory. */
import { arrayInterface, check, filled, type Handle, type Out, type XgboostLibrary } from './library.ts';

/** Row-major float32; NaN is missing. */
export interface Rows {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly labels?: Float32Array;
}

export interface MatrixOptions {
  readonly threads: number;
  /** Leaves zeros out: the same model from `gblinear`, which only ever multiplies by them, in a fraction of the time. */
  readonly sparse?: boolean;
}

export class Matrix implements Disposable {
  readonly handle: Handle;
  readonly #library: XgboostLibrary;

  constructor(library: XgboostLibrary, source: Rows, options: MatrixOptions) {
    if (source.values.length !== source.rows * source.columns) {
      throw new RangeError(
        `${source.rows} rows of ${source.columns} columns are not ${source.values.length} values`,
      );
    }
    this.#library = library;
    this.handle = options.sparse
      ? fromSparse(library, source, options.threads)
      : fromDense(library, source, options.threads);
    if (source.labels) {
      check(library, library.matrixSetInfo(this.handle, 'label', arrayInterface(source.labels)));
    }
  }

  [Symbol.dispose](): void {
    this.#library.matrixFree(this.handle);
  }
}

function fromDense(library: XgboostLibrary, { values, rows, columns }: Rows, threads: number): Handle {
  const out: Out<Handle> = [null];
  const data = arrayInterface(values, [rows, columns]);
  check(library, library.matrixFromDense(data, `{"missing": NaN, "nthread": ${threads}}`, out));
  return filled(out);
}

/** Compressed sparse rows without zeros and NaN. */
function fromSparse(library: XgboostLibrary, { values, rows, columns }: Rows, threads: number): Handle {
  const kept = values.reduce((count, value) => (isStored(value) ? count + 1 : count), 0);
  const starts = new BigUint64Array(rows + 1);
  const places = new Uint32Array(kept);
  const data = new Float32Array(kept);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column] ?? 0;
      if (!isStored(value)) continue;
      places[next] = column;
      data[next++] = value;
    }
    starts[row + 1] = BigInt(next);
  }
  const out: Out<Handle> = [null];
  const [start, place, datum] = [starts, places, data].map((array) => arrayInterface(array));
  const config = `{"missing": NaN, "nthread": ${threads}}`;
  check(library, library.matrixFromRows(start ?? '', place ?? '', datum ?? '', columns, config, out));
  return filled(out);
}

function isStored(value: number): boolean {
  return value !== 0 && !Number.isNaN(value);
}
