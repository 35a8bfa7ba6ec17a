/** The one place where a value becomes part of an SQL text, and why. */

/** A view's definition takes no parameters; everywhere else values are bound. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
