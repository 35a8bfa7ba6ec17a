/** A pool that does not know who holds its slots, as it tells people: until it knows it grants none. */
export interface Recalling {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Why the pool that was here before could not be asked; absent while nobody has failed to. */
  readonly why?: string;
}

/** What it waits for, and what somebody can do about it. */
export function recallingText(pool: string, { since, why }: Recalling): string {
  const from = `since ${new Date(since).toISOString()}`;
  if (why === undefined) return `${pool} grants nothing yet: it asks who holds its slots, ${from}`;
  return (
    `${pool} grants nothing, ${from}: it does not know who holds its slots, for the pool that was here before it can't be ` +
    `asked (${why}). It goes on asking. Start a worker of the code that served that one; or, once no task at work can hold ` +
    `a slot of it any more: assay pools reopen ${pool}`
  );
}
