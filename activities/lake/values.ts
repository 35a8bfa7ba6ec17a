/** DuckDB's values as plain JavaScript, and plain parameters as DuckDB's values. */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  HUGEINT,
  INTEGER,
  SQLNULL,
  VARCHAR,
} from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { SqlParams, SqlValue } from './contract.ts';

/** Types whose values are JavaScript's already. */
const PLAIN: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.SQLNULL,
]);

const INT64_MAX = 2n ** 63n - 1n;
const INT32_MAX = 2 ** 31 - 1;
const MICROS_PER_SECOND = 1_000_000n;

/** A column of a result, in place where its type needs no conversion. */
export function plainColumn(values: DuckDBValue[], type: DuckDBType): unknown[] {
  return PLAIN.has(type.typeId) ? values : values.map(plain);
}

/** BIGINT as number where that is exact; dates and times as ISO 8601 text, timestamps in UTC. */
function plain(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return isoTimestamp(value.micros);
  }
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, plain(item)]));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: item }) => [String(plain(key)), plain(item)]));
  }
  return String(value);
}

/** Types for binding: DuckDB's own guess takes a bigint for a HUGEINT. */
export function parameterTypes(params: SqlParams): Record<string, DuckDBType> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, parameterType(value)]));
}

function parameterType(value: SqlValue): DuckDBType {
  if (value === null) return SQLNULL;
  if (typeof value === 'string') return VARCHAR;
  if (typeof value === 'boolean') return BOOLEAN;
  if (typeof value === 'bigint') return value > INT64_MAX || value < -INT64_MAX - 1n ? HUGEINT : BIGINT;
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DOUBLE;
  return Math.abs(value) <= INT32_MAX ? INTEGER : BIGINT;
}

/** Parameters as the binding takes them: 64-bit integers have to be bigint. */
export function parameterValues(params: SqlParams): Record<string, DuckDBValue> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'number' && parameterType(value) === BIGINT ? BigInt(value) : value,
    ]),
  );
}

/** `2024-01-31T00:00:00Z`, with a fraction of six digits only where there is one. */
function isoTimestamp(micros: bigint): string {
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const seconds = Number((micros - fraction) / MICROS_PER_SECOND);
  const date = new Date(seconds * 1000);
  // 'infinity' and the years that Date cannot hold.
  if (Number.isNaN(date.getTime())) return new DuckDBTimestampValue(micros).toString();
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0')}`;
  return `${date.toISOString().slice(0, -5)}${digits}Z`;
}
