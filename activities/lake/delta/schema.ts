/** Delta's schema, DuckDB's types, and how a table's columns may grow. */
import { z } from 'zod';
import type { Column } from '../contract.ts';
import { schemaMismatch, unsupportedTable, unsupportedType } from '../errors.ts';

const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  long: 'BIGINT',
  integer: 'INTEGER',
  short: 'SMALLINT',
  byte: 'TINYINT',
  double: 'DOUBLE',
  float: 'FLOAT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  binary: 'BLOB',
};

/** A naive TIMESTAMP is read as UTC: sessions have no other zone, and `timestamp_ntz` is a reader feature. */
const DELTA_TYPES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(DUCKDB_TYPES).map(([delta, duckdb]): [string, string] => [duckdb, delta]),
  ['TIMESTAMP', 'timestamp'],
]);

const DECIMAL = /^decimal\(\s*\d+\s*,\s*\d+\s*\)$/i;

const Schema = z.object({
  type: z.literal('struct'),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.unknown(),
      nullable: z.boolean(),
    }),
  ),
});

/** @throws UnsupportedTable naming a nested column */
export function readSchema(table: string, schemaString: string): Column[] {
  return Schema.parse(JSON.parse(schemaString)).fields.map(({ name, type, nullable }) => {
    if (typeof type !== 'string') throw unsupportedTable(table, `the nested column ${name}`);
    return { name, type, nullable };
  });
}

export function writeSchema(columns: readonly Column[]): string {
  const fields = columns.map((column) => ({ ...column, metadata: {} }));
  return JSON.stringify({ type: 'struct', fields });
}

/** @throws UnsupportedType */
export function duckdbType({ name, type }: Column): string {
  if (DECIMAL.test(type)) return type.toUpperCase();
  const found = DUCKDB_TYPES[type];
  if (found === undefined) throw unsupportedType(name, type);
  return found;
}

/** A column of a query, before it is known whether the table has it. */
export interface QueryColumn {
  readonly name: string;
  /** As DESCRIBE names it. */
  readonly type: string;
}

/**
 * The table's columns after the query's have been merged in: known ones must keep their type, new
 * ones come last. (DuckDB takes a bare NULL for an INTEGER: queries cast it.)
 * @throws SchemaMismatch, UnsupportedType
 */
export function mergeSchema(
  table: string,
  existing: readonly Column[],
  query: readonly QueryColumn[],
): { columns: Column[]; added: boolean } {
  const byName = new Map(existing.map((column) => [column.name.toLowerCase(), column]));
  const added: Column[] = [];
  for (const { name, type } of query) {
    const known = byName.get(name.toLowerCase());
    if (known === undefined) added.push({ name, type: deltaType(name, type), nullable: true });
    else if (known.name !== name) throw schemaMismatch(table, name, `spelt ${known.name}`, name);
    else if (deltaType(name, type) !== known.type) {
      throw schemaMismatch(table, name, known.type, deltaType(name, type));
    }
  }
  return { columns: [...existing, ...added], added: added.length > 0 };
}

function deltaType(column: string, type: string): string {
  if (DECIMAL.test(type)) return type.toLowerCase();
  const found = DELTA_TYPES.get(type);
  if (found === undefined) throw unsupportedType(column, type);
  return found;
}
