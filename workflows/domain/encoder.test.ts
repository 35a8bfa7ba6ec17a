import { BIGINT, DOUBLE, DuckDBInstance, INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodedColumns,
  encodedFeatures,
  encodeRecord,
  encoderSql,
  type Encoder,
  type FeatureValue,
} from './encoder.ts';

const encoder: Encoder = {
  format: 'assay-encoder-1',
  numeric: [
    { column: 'stay', median: 4, indicator: false },
    { column: 'days "since"', median: 30.5, indicator: true },
  ],
  categorical: [
    { column: 'race', categories: ['A', 'a', "O'Hara", '$encoder_0'] },
    { column: 'code', categories: ['1', '7'] },
    { column: 'rare', categories: [] },
  ],
};

const TYPES = [INTEGER, DOUBLE, DOUBLE, VARCHAR, BIGINT, VARCHAR];

let connection: DuckDBConnection;
let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const record = (over: Record<string, FeatureValue>): Record<string, FeatureValue> => ({
  stay: 4,
  'days "since"': 30.5,
  race: 'A',
  code: 1,
  rare: null,
  ...over,
});

/** What the generated SQL makes of the records, by way of a real table. */
async function throughSql(records: readonly Record<string, FeatureValue>[]): Promise<number[][]> {
  await connection.run(
    `CREATE OR REPLACE TABLE rows_in (n INTEGER, stay DOUBLE, "days ""since""" DOUBLE, race VARCHAR, code BIGINT, rare VARCHAR)`,
  );
  for (const [index, one] of records.entries()) {
    const values = ['stay', 'days "since"', 'race', 'code', 'rare'].map((name) => one[name] ?? null);
    await connection.run('INSERT INTO rows_in VALUES ($1, $2, $3, $4, $5, $6)', [index, ...values], TYPES);
  }
  const { select, params } = encoderSql(encoder, { table: 'rows_in' });
  const result = await connection.runAndReadAll(`SELECT ${select} FROM rows_in ORDER BY n`, { ...params });
  expect(result.columnNames()).toEqual(encodedColumns(encoder));
  return result.getRows().map((row) => row.map(Number));
}

describe('encodeRecord', () => {
  it('stores numbers as the distance from the median and categories as ones', () => {
    const vector = encodeRecord(encoder, record({ stay: 7, race: 'a', code: 7n, rare: 'x' }));
    const named = Object.fromEntries(encodedFeatures(encoder).map((name, index) => [name, vector[index]]));
    const ones = Object.keys(named).filter((name) => named[name] === 1);
    expect(named['stay']).toBe(3);
    expect(named['days "since"']).toBe(0);
    expect(ones).toEqual(['race = a', 'code = 7', 'rare is other']);
  });

  it('writes NaN for a missing number, sets its indicator, and tells missing from other', () => {
    const vector = encodeRecord(encoder, { race: 'unseen' });
    expect([...vector]).toEqual([Number.NaN, Number.NaN, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1]);
  });

  it('counts what no float32 can hold as missing', () => {
    const vector = encodeRecord(encoder, record({ stay: Infinity, 'days "since"': -1e300 }));
    expect(vector.slice(0, 3)).toEqual(Float32Array.of(Number.NaN, Number.NaN, 1));
  });

  it('refuses text where a number belongs, and a fraction as a category, naming the column', () => {
    expect(() => encodeRecord(encoder, record({ stay: '4' }))).toThrow(/stay must be a number/);
    expect(() => encodeRecord(encoder, record({ code: 1.5 }))).toThrow(/code must be text or a whole number/);
  });
});

describe('encoderSql', () => {
  it('gives every row the vector that encodeRecord gives it', async () => {
    const number = fc.option(
      fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, 1e38, -1.1e38, -3.5e38, 1e39)),
    );
    const text = fc.option(
      fc.oneof(fc.constantFrom('A', 'a', "O'Hara", '$encoder_0', ''), fc.string({ unit: 'grapheme' })),
    );
    const records = fc.array(
      fc.record({
        stay: number,
        'days "since"': number,
        race: text,
        code: fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
        rare: text,
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(records, async (generated) => {
        const clean = generated.map((one) => ({
          ...one,
          race: withoutNul(one.race),
          rare: withoutNul(one.rare),
        }));
        const expected = clean.map((one) => [...encodeRecord(encoder, one)]);
        expect(await throughSql(clean)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

/** DuckDB's text holds no NUL. */
function withoutNul(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '');
}
