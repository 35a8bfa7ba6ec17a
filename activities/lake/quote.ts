/** The only two ways in which text of ours becomes SQL: names of columns and views, and what a view can't bind. */

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A view's definition takes no parameters; everywhere else values are bound. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
