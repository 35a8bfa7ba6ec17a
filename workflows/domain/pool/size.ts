/** How many slots a pool may have. */

/**
 * A pool carries all that it knows into each new history, which holds 2 MiB: with 10,000 who wait, each of a run of
 * its own, those who hold 1,000 slots make it 1.6 MiB, and 5,000 would make it 2.3.
 */
const MOST_SLOTS = 1_000;

/** Why a pool can't be made so large, in words. */
export function sizeProblem(slots: unknown): string | undefined {
  if (typeof slots !== 'number' || !Number.isInteger(slots) || slots < 0) {
    return `a pool has 0, 1, 2, … slots; given: ${JSON.stringify(slots)}`;
  }
  if (slots <= MOST_SLOTS) return undefined;
  return (
    `a pool has at most ${MOST_SLOTS} slots, for it must keep who holds each in what a workflow can carry; ` +
    `given: ${slots}. What needs no limit needs no pool`
  );
}
