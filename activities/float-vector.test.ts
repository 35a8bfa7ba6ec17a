import { DuckDBDataChunk, FLOAT, INTEGER, type DuckDBType } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { copyFloats } from './float-vector.ts';

function vector(type: DuckDBType, values: readonly (number | null)[]) {
  const chunk = DuckDBDataChunk.create([type], values.length);
  chunk.setColumns([[...values]]);
  return chunk.getColumnVector(0);
}

describe('copyFloats', () => {
  it.each([
    ['FLOAT without a NULL', FLOAT, [1.5, -0, Infinity], [9, 1.5, 9, -0, 9, Infinity]],
    ['FLOAT with NULLs', FLOAT, [1.5, null, 2], [9, 1.5, 9, Number.NaN, 9, 2]],
    ['another type of number', INTEGER, [1, null, 2], [9, 1, 9, Number.NaN, 9, 2]],
  ])('fills the places of one column from %s', (_, type, values, expected) => {
    const matrix = new Float32Array(6).fill(9);
    copyFloats(vector(type, values), 3, matrix, { start: 1, stride: 2 });
    expect([...matrix]).toEqual(expected);
  });
});
