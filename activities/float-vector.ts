/** DuckDB's FLOAT vectors into float32 matrices. */
import type { DuckDBVector } from '@duckdb/node-api';

/**
 * Writes the vector's values to every `stride`th place of `target` from `start` on, NULL as NaN.
 *
 * A vector of FLOAT without NULLs is a Float32Array already, but its class keeps that to itself and
 * hands out value by value, which costs more than the query: so the fields are reached for by name,
 * and where a later version of the library no longer has them, values are asked for one by one.
 */
export function copyFloats(
  vector: DuckDBVector,
  rows: number,
  target: Float32Array,
  { start, stride }: { readonly start: number; readonly stride: number },
): void {
  const floats = bareFloats(vector);
  for (let row = 0, place = start; row < rows; row++, place += stride) {
    const value = floats === undefined ? vector.getItem(row) : floats[row];
    target[place] = typeof value === 'number' ? value : Number.NaN;
  }
}

function bareFloats(vector: DuckDBVector): Float32Array | undefined {
  const items: unknown = Reflect.get(vector, 'items');
  const validity: unknown = Reflect.get(vector, 'validity');
  if (!(items instanceof Float32Array) || typeof validity !== 'object' || validity === null) return undefined;
  // No mask means that every value is valid.
  return Reflect.get(validity, 'data') === null ? items : undefined;
}
