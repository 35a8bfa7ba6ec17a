/**
 * XGBoost's C library, as far as we call it. Calls are synchronous: the library keeps its last
 * error per thread, so only the thread that called can read it; long calls belong in a process of
 * their own (`process.ts`). `OMP_WAIT_POLICY=passive` must stand in the environment before
 * loading, else idle OpenMP threads spin and halve the speed of a shared machine.
 */
import { ApplicationFailure } from '@temporalio/common';
import koffi, { type LibraryHandle } from 'koffi';

/** A pointer that belongs to the library. */
export type Handle = bigint;
/** An out parameter: the library fills the one element. */
export type Out<T> = [T | null];

type Status = number;

export interface XgboostLibrary {
  readonly version: string;
  readonly matrixFromDense: (data: string, config: string, out: Out<Handle>) => Status;
  readonly matrixFromRows: (
    starts: string,
    columns: string,
    values: string,
    width: number,
    config: string,
    out: Out<Handle>,
  ) => Status;
  readonly matrixSetInfo: (matrix: Handle, field: string, data: string) => Status;
  readonly matrixFree: (matrix: Handle) => Status;
  readonly boosterCreate: (matrices: Handle[], count: number, out: Out<Handle>) => Status;
  readonly boosterFree: (booster: Handle) => Status;
  readonly boosterSetParam: (booster: Handle, name: string, value: string) => Status;
  readonly boosterUpdate: (booster: Handle, round: number, matrix: Handle) => Status;
  readonly boosterEvaluate: (
    booster: Handle,
    round: number,
    matrices: Handle[],
    names: string[],
    count: number,
    out: Out<string>,
  ) => Status;
  readonly boosterPredict: (
    booster: Handle,
    matrix: Handle,
    config: string,
    shape: Out<Handle>,
    dimensions: Out<number>,
    result: Out<Handle>,
  ) => Status;
  readonly boosterSlice: (
    booster: Handle,
    begin: number,
    end: number,
    step: number,
    out: Out<Handle>,
  ) => Status;
  readonly boosterRounds: (booster: Handle, out: Out<number>) => Status;
  readonly boosterSave: (booster: Handle, config: string, length: Out<number>, bytes: Out<Handle>) => Status;
  readonly boosterLoad: (booster: Handle, bytes: Uint8Array, length: number) => Status;
  readonly lastError: () => string;
}

/** @throws XgboostNotFound where the file is not there or is no such library */
export function loadXgboost(file: string): XgboostLibrary {
  const library = open(file);
  const version: [Out<number>, Out<number>, Out<number>] = [[null], [null], [null]];
  library.func('void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)')(...version);
  return {
    version: version.map(([part]) => part).join('.'),
    matrixFromDense: library.func(
      'int XGDMatrixCreateFromDense(const char *data, const char *config, _Out_ void **out)',
    ),
    matrixFromRows: library.func(
      'int XGDMatrixCreateFromCSR(const char *starts, const char *columns, const char *values, uint64_t width, const char *config, _Out_ void **out)',
    ),
    matrixSetInfo: library.func(
      'int XGDMatrixSetInfoFromInterface(void *matrix, const char *field, const char *data)',
    ),
    matrixFree: library.func('int XGDMatrixFree(void *matrix)'),
    boosterCreate: library.func('int XGBoosterCreate(void **matrices, uint64_t count, _Out_ void **out)'),
    boosterFree: library.func('int XGBoosterFree(void *booster)'),
    boosterSetParam: library.func(
      'int XGBoosterSetParam(void *booster, const char *name, const char *value)',
    ),
    boosterUpdate: library.func('int XGBoosterUpdateOneIter(void *booster, int round, void *matrix)'),
    boosterEvaluate: library.func(
      'int XGBoosterEvalOneIter(void *booster, int round, void **matrices, const char **names, uint64_t count, _Out_ const char **out)',
    ),
    boosterPredict: library.func(
      'int XGBoosterPredictFromDMatrix(void *booster, void *matrix, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **result)',
    ),
    boosterSlice: library.func(
      'int XGBoosterSlice(void *booster, int begin, int end, int step, _Out_ void **out)',
    ),
    boosterRounds: library.func('int XGBoosterBoostedRounds(void *booster, _Out_ int *out)'),
    boosterSave: library.func(
      'int XGBoosterSaveModelToBuffer(void *booster, const char *config, _Out_ uint64_t *length, _Out_ void **bytes)',
    ),
    boosterLoad: library.func(
      'int XGBoosterLoadModelFromBuffer(void *booster, const void *bytes, uint64_t length)',
    ),
    lastError: library.func('const char *XGBGetLastError()'),
  };
}

/** Runs one call and turns a bad status into an error with the library's own words. @throws XgboostError */
export function check(library: XgboostLibrary, status: Status): void {
  if (status === 0) return;
  throw ApplicationFailure.nonRetryable(firstLine(library.lastError()), 'XgboostError');
}

/** What the library wrote through an out parameter. */
export function filled<T>(out: Out<T>): T {
  const [value] = out;
  if (value === null) throw new Error('XGBoost reported success and returned nothing');
  return value;
}

/** The array interface (numpy's protocol, version 3) over memory of ours; it must outlive the call. */
export function arrayInterface(
  array: Float32Array | Uint32Array | BigUint64Array,
  shape: readonly number[] = [array.length],
): string {
  const kind = array instanceof Float32Array ? '<f4' : array instanceof Uint32Array ? '<u4' : '<u8';
  return `{"data": [${koffi.address(array)}, true], "shape": [${shape.join(', ')}], "typestr": "${kind}", "version": 3}`;
}

/** A copy of the library's own floats, which live only until its next call. */
export function copyFloats(pointer: Handle, length: number): Float32Array<ArrayBuffer> {
  return length === 0 ? new Float32Array() : new Float32Array(koffi.view(pointer, length * 4)).slice();
}

/** As `copyFloats`, bytes. */
export function copyBytes(pointer: Handle, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(koffi.view(pointer, length)).slice();
}

function open(file: string): LibraryHandle {
  try {
    return koffi.load(file);
  } catch (error) {
    throw ApplicationFailure.nonRetryable(
      `XGBoost's library could not be loaded from ${file}: ${String(error)}. Run \`assay doctor\` to see what is missing.`,
      'XgboostNotFound',
      { file },
    );
  }
}

/** XGBoost adds a stack trace after its message. */
function firstLine(message: string): string {
  const [words = message] = message.split(/\n\s*Stack trace/);
  return words.replace(/\s+/g, ' ').trim();
}
