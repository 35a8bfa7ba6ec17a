/**
 * The encoder: how a row of features becomes the float32 vector that a model reads. Fitted once on
 * training rows, saved beside the model, applied by generated SQL to tables and by TypeScript to
 * single records, equal to the last bit.
 *
 * One layout serves every family. A number is stored as its distance from the training median, and
 * NaN stands for a missing one: trees do not feel the shift, and to `gblinear`, which leaves a NaN
 * out of its sum, a missing number then *is* the median. Columns that had gaps in training get an
 * indicator beside them.
 */
import { quoteIdentifier } from './identifier.ts';

export interface NumericEncoding {
  readonly column: string;
  /** Of the training rows; 0 where all of them were missing. */
  readonly median: number;
  /** Whether a column of its own says that the value is missing. */
  readonly indicator: boolean;
}

interface CategoricalEncoding {
  readonly column: string;
  /** The frequent ones, one column each; `other` and `missing` follow them. */
  readonly categories: readonly string[];
}

/** What stands in `encoder.json`. Vector: numeric columns first, then categorical ones, each in order. */
export interface Encoder {
  readonly format: 'assay-encoder-1';
  readonly numeric: readonly NumericEncoding[];
  readonly categorical: readonly CategoricalEncoding[];
}

export type FeatureValue = string | number | bigint | boolean | null | undefined;

export interface EncoderSql {
  /** Expressions separated by commas, each a FLOAT named as `encodedColumns` says. */
  readonly select: string;
  /** To be bound with the statement, `$encoder_0` and so on. */
  readonly params: Readonly<Record<string, string | number>>;
}

/**
 * What lies beyond counts as missing, as NaN does: the distance of two numbers within these bounds has
 * a place in a float32.
 */
const LARGEST = '1e38';

/** One record as a vector of `encodedColumns(encoder).length` floats. @throws TypeError naming a column of the wrong type */
export function encodeRecord(
  encoder: Encoder,
  record: Readonly<Record<string, FeatureValue>>,
): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(encodedColumns(encoder).length);
  let next = 0;
  for (const { column, median, indicator } of encoder.numeric) {
    const value = distance(column, record[column], median);
    vector[next++] = value;
    if (indicator) vector[next++] = Number.isNaN(value) ? 1 : 0;
  }
  for (const { column, categories } of encoder.categorical) {
    const text = categoryText(column, record[column]);
    const known = text === undefined ? -1 : categories.indexOf(text);
    const position = text === undefined ? categories.length + 1 : known < 0 ? categories.length : known;
    vector[next + position] = 1;
    next += categories.length + 2;
  }
  return vector;
}

/** The same as a SELECT list over rows with the encoder's columns; `table` is the name they are qualified by. */
export function encoderSql(encoder: Encoder, options: { table?: string } = {}): EncoderSql {
  const params: Record<string, string | number> = {};
  const bind = (value: string | number): string => {
    const name = `encoder_${Object.keys(params).length}`;
    params[name] = value;
    return `$${name}`;
  };
  const qualifier = options.table === undefined ? '' : `${quoteIdentifier(options.table)}.`;
  const source = (column: string): string => qualifier + quoteIdentifier(column);
  const expressions = [
    ...encoder.numeric.flatMap((encoding) => numericSql(encoding, source(encoding.column), bind)),
    ...encoder.categorical.flatMap((encoding) => categoricalSql(encoding, source(encoding.column), bind)),
  ];
  const names = encodedColumns(encoder);
  const select = expressions.map((expression, index) => `CAST(${expression} AS FLOAT) AS ${names[index]}`);
  return { select: select.join(',\n'), params };
}

/** Names of the vector's places in SQL and Parquet: `f0`, `f1`, … (categories differ where SQL names do not). */
export function encodedColumns(encoder: Encoder): string[] {
  return encodedFeatures(encoder).map((_, index) => `f${index}`);
}

/** What each place of the vector means, for people. */
export function encodedFeatures(encoder: Encoder): string[] {
  return [
    ...encoder.numeric.flatMap(({ column, indicator }) =>
      indicator ? [column, `${column} is missing`] : [column],
    ),
    ...encoder.categorical.flatMap(({ column, categories }) => [
      ...categories.map((category) => `${column} = ${category}`),
      `${column} is other`,
      `${column} is missing`,
    ]),
  ];
}

/** Whether a number is there, to the encoder: true, or false or NULL. `source` is a column, quoted. */
export function presentSql(source: string): string {
  return `${source} BETWEEN -${LARGEST} AND ${LARGEST}`;
}

function distance(column: string, value: FeatureValue, median: number): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'string') throw new TypeError(`${column} must be a number, not text`);
  const number = Number(value);
  return Math.abs(number) <= Number(LARGEST) ? number - median : Number.NaN;
}

function categoryText(column: string, value: FeatureValue): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError(`${column} must be text or a whole number: a category has one spelling`);
  }
  return String(value);
}

function numericSql(encoding: NumericEncoding, source: string, bind: (value: number) => string): string[] {
  const present = presentSql(source);
  const shifted = `CAST(${source} AS DOUBLE) - ${bind(encoding.median)}`;
  const value = `CASE WHEN ${present} THEN ${shifted} ELSE CAST('NaN' AS DOUBLE) END`;
  return encoding.indicator ? [value, `CASE WHEN ${present} THEN 0 ELSE 1 END`] : [value];
}

function categoricalSql(
  encoding: CategoricalEncoding,
  source: string,
  bind: (value: string) => string,
): string[] {
  const text = `CAST(${source} AS VARCHAR)`;
  const bound = encoding.categories.map(bind);
  const unlisted = bound.length === 0 ? '' : ` AND ${text} NOT IN (${bound.join(', ')})`;
  return [
    ...bound.map((category) => `coalesce(${text} = ${category}, false)`),
    `(${text} IS NOT NULL${unlisted})`,
    `(${text} IS NULL)`,
  ];
}
