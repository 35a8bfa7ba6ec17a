/**
 * What a task gets that comes after a map: the results of its items, in their order, skipped ones left out.
 * Up to 64 KiB in all they are here; above, they stand in the ledger, and only an activity reads them.
 * `mappedValues` reads both.
 */
import type { MemoPart } from './run-record.ts';

export type Mapped<T> =
  | { readonly length: number; readonly values: readonly T[] }
  | { readonly length: number; readonly parts: readonly MemoPart[] };

/** For activities: every value, one part in memory at a time. */
export async function* mappedValues<T>(
  mapped: Mapped<T>,
  /** The results of the successful tasks of a part, in order: what the ledger gives. */
  read: (part: MemoPart) => Promise<readonly unknown[]>,
): AsyncGenerator<T> {
  if ('values' in mapped) {
    yield* mapped.values;
    return;
  }
  for (const part of mapped.parts) yield* (await read(part)) as readonly T[];
}

/** For workflow code. @throws RangeError where the values are too heavy to stand here */
export function valuesOf<T>(mapped: Mapped<T>): readonly T[] {
  if ('values' in mapped) return mapped.values;
  throw new RangeError(
    `${mapped.length} results are too heavy for a workflow: hand the map's result to an activity and read it there with mappedValues()`,
  );
}
