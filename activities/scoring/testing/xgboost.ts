/** XGBoost's C library for tests of the converter: trains small models and predicts with them. */
import koffi from 'koffi';

export interface TrainingJob {
  readonly matrix: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly labels: Float32Array;
  readonly params: Readonly<Record<string, string | number>>;
  readonly rounds: number;
  /** `c` for a categorical column, `float` for any other. */
  readonly types?: readonly string[];
}

export interface TrainedModel {
  file(format: 'json' | 'ubj'): Uint8Array;
  predict(matrix: Float32Array, rows: number, columns: number): Float32Array;
  margins(matrix: Float32Array, rows: number, columns: number): Float32Array;
}

export const libraryPath = process.env['ASSAY_XGBOOST'];

/** Handles are freed with the test process. */
export function openXgboost(path: string) {
  const library = koffi.load(path);
  const call = (name: string, ...parameters: string[]) => {
    const native = library.func(`int ${name}(${parameters.join(', ')})`);
    return (...values: unknown[]): void => {
      if (native(...values) !== 0) throw new Error(String(lastError()));
    };
  };
  const lastError = library.func('const char* XGBGetLastError()');
  const fromDense = call('XGDMatrixCreateFromDense', 'const char*', 'const char*', '_Out_ void**');
  const setFloats = call('XGDMatrixSetFloatInfo', 'void*', 'const char*', 'const float*', 'uint64_t');
  const setTexts = call('XGDMatrixSetStrFeatureInfo', 'void*', 'const char*', 'const char**', 'uint64_t');
  const create = call('XGBoosterCreate', 'void**', 'uint64_t', '_Out_ void**');
  const setParam = call('XGBoosterSetParam', 'void*', 'const char*', 'const char*');
  const update = call('XGBoosterUpdateOneIter', 'void*', 'int', 'void*');
  const save = call('XGBoosterSaveModelToBuffer', 'void*', 'const char*', '_Out_ uint64_t*', '_Out_ void**');
  const load = call('XGBoosterLoadModelFromBuffer', 'void*', 'const uint8_t*', 'uint64_t');
  const predict = call(
    'XGBoosterPredictFromDMatrix',
    'void*',
    'void*',
    'const char*',
    '_Out_ void**',
    '_Out_ uint64_t*',
    '_Out_ void**',
  );

  function matrixOf(matrix: Float32Array, rows: number, columns: number, types?: readonly string[]): unknown {
    const handle = [null];
    const data = { data: [Number(koffi.address(matrix)), true], shape: [rows, columns] };
    fromDense(JSON.stringify({ ...data, typestr: '<f4', version: 3 }), '{"missing": NaN}', handle);
    if (types !== undefined) setTexts(handle[0], 'feature_type', types, types.length);
    return handle[0];
  }

  function modelOf(booster: unknown, types?: readonly string[]): TrainedModel {
    const answer = (matrix: Float32Array, rows: number, columns: number, type: 0 | 1): Float32Array => {
      const config = { type, iteration_begin: 0, iteration_end: 0, strict_shape: true, training: false };
      const [shape, dims, out] = [[null], [0], [null]];
      const data = matrixOf(matrix, rows, columns, types);
      predict(booster, data, JSON.stringify(config), shape, dims, out);
      const sizes = koffi.decode(shape[0], koffi.array('uint64_t', Number(dims[0])));
      const length = Array.from(sizes as ArrayLike<bigint>, Number).reduce((a, b) => a * b, 1);
      return Float32Array.from(koffi.decode(out[0], koffi.array('float', length)));
    };
    return {
      predict: (matrix, rows, columns) => answer(matrix, rows, columns, 0),
      margins: (matrix, rows, columns) => answer(matrix, rows, columns, 1),
      file(format) {
        const [length, out] = [[0], [null]];
        save(booster, JSON.stringify({ format }), length, out);
        return Uint8Array.from(koffi.decode(out[0], koffi.array('uint8_t', Number(length[0]))));
      },
    };
  }

  return {
    train(job: TrainingJob): TrainedModel {
      const data = matrixOf(job.matrix, job.rows, job.columns, job.types);
      setFloats(data, 'label', job.labels, job.labels.length);
      const booster = [null];
      create([data], 1, booster);
      for (const [name, value] of Object.entries(job.params)) setParam(booster[0], name, String(value));
      for (let round = 0; round < job.rounds; round++) update(booster[0], round, data);
      return modelOf(booster[0], job.types);
    },
    load(file: Uint8Array): TrainedModel {
      const booster = [null];
      create([], 0, booster);
      load(booster[0], file, file.length);
      return modelOf(booster[0]);
    },
  };
}
