/** XGBoost's Booster: a model in the making, or a finished one. */
import {
  check,
  copyBytes,
  copyFloats,
  filled,
  type Handle,
  type Out,
  type XgboostLibrary,
} from './library.ts';
import type { Matrix } from './matrix.ts';

/** By `<matrix>-<metric>`, for example `validation-auc`. */
export type Metrics = Readonly<Record<string, number>>;

/** The library's numbers for what it can predict. */
const OUTPUTS = { value: 0, margin: 1, contributions: 2 } as const;

export class Booster implements Disposable {
  readonly handle: Handle;
  readonly #library: XgboostLibrary;

  /** Over the matrices it will be trained and judged on; none for one that is loaded. */
  constructor(library: XgboostLibrary, matrices: readonly Matrix[] = [], handle?: Handle) {
    this.#library = library;
    const out: Out<Handle> = [handle ?? null];
    if (handle === undefined) {
      const handles = matrices.map((matrix) => matrix.handle);
      check(library, library.boosterCreate(handles, handles.length, out));
    }
    this.handle = filled(out);
  }

  /** A name may be set several times where it collects, as `eval_metric` does. */
  set(name: string, value: string): void {
    check(this.#library, this.#library.boosterSetParam(this.handle, name, value));
  }

  /** One boosting round. */
  update(round: number, matrix: Matrix): void {
    check(this.#library, this.#library.boosterUpdate(this.handle, round, matrix.handle));
  }

  /** How many boosting rounds are in it. */
  rounds(): number {
    const out: Out<number> = [null];
    check(this.#library, this.#library.boosterRounds(this.handle, out));
    return filled(out);
  }

  /** Every `eval_metric` on every matrix, in the order that they were set. */
  evaluate(round: number, matrices: Readonly<Record<string, Matrix>>): Metrics {
    const out: Out<string> = [null];
    const names = Object.keys(matrices);
    const handles = Object.values(matrices).map((matrix) => matrix.handle);
    check(
      this.#library,
      this.#library.boosterEvaluate(this.handle, round, handles, names, names.length, out),
    );
    return parseMetrics(filled(out));
  }

  /** Probabilities (or what the objective gives), row by row; margins where asked. */
  predict(matrix: Matrix, options: { margin?: boolean } = {}): Float32Array<ArrayBuffer> {
    return this.#predict(matrix, options.margin ? OUTPUTS.margin : OUTPUTS.value);
  }

  /**
   * What each column adds to a row's margin (Lundberg, Erion and Lee 2018, "Consistent Individualized
   * Feature Attribution for Tree Ensembles"), and last what every row begins with; they sum to the margin.
   */
  contributions(matrix: Matrix): Float32Array<ArrayBuffer> {
    return this.#predict(matrix, OUTPUTS.contributions);
  }

  #predict(matrix: Matrix, type: number): Float32Array<ArrayBuffer> {
    const shape: Out<Handle> = [null];
    const dimensions: Out<number> = [null];
    const result: Out<Handle> = [null];
    const config = `{"type": ${type}, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true}`;
    check(
      this.#library,
      this.#library.boosterPredict(this.handle, matrix.handle, config, shape, dimensions, result),
    );
    const sides = new BigUint64Array(copyBytes(filled(shape), filled(dimensions) * 8).buffer);
    const length = Number(sides.reduce((product, side) => product * side, 1n));
    return copyFloats(filled(result), length);
  }

  /** The first `rounds` rounds as a model of their own; trees only. */
  firstRounds(rounds: number): Booster {
    const out: Out<Handle> = [null];
    check(this.#library, this.#library.boosterSlice(this.handle, 0, rounds, 1, out));
    return new Booster(this.#library, [], filled(out));
  }

  /** The model file: UBJSON unless JSON is asked for. */
  save(format: 'ubj' | 'json' = 'ubj'): Uint8Array<ArrayBuffer> {
    const length: Out<number> = [null];
    const bytes: Out<Handle> = [null];
    check(this.#library, this.#library.boosterSave(this.handle, JSON.stringify({ format }), length, bytes));
    return copyBytes(filled(bytes), filled(length));
  }

  load(model: Uint8Array): void {
    check(this.#library, this.#library.boosterLoad(this.handle, model, model.length));
  }

  [Symbol.dispose](): void {
    this.#library.boosterFree(this.handle);
  }
}

/** `[3]\tvalidation-auc:0.66\tvalidation-logloss:0.34` */
function parseMetrics(line: string): Metrics {
  const fields = line.split('\t').slice(1);
  return Object.fromEntries(
    fields.map((field) => {
      const colon = field.lastIndexOf(':');
      return [field.slice(0, colon), Number(field.slice(colon + 1))];
    }),
  );
}
