/** The one place where a name becomes part of a SQL text. Values never do: they are bound. */

/** A table's or column's name as DuckDB reads it literally, whatever stands in it. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new RangeError(`${JSON.stringify(name)} cannot be an SQL identifier: it is empty or holds a NUL`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}
