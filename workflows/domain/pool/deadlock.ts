/**
 * Tasks that have a turn in one pool and wait, by tasks that their bodies have created, for a turn in another. Where such
 * tasks wait for each other, none of them goes on until somebody ends one.
 */
import type { Place } from './pool.ts';

/** Slots that the same run has of another pool until what waits has had its turn. */
export interface Kept {
  readonly pool: string;
  readonly id: string;
  readonly slots: number;
}

export interface WaitingPlace extends Place {
  readonly meanwhile?: readonly Kept[];
}

export interface PoolQueue {
  readonly name: string;
  readonly slots: number;
  readonly held: readonly Place[];
  /** In the order in which they are served. */
  readonly waiting: readonly WaitingPlace[];
}

/**
 * Of those that keep slots of other pools: the ones that will never be served, though whatever waits for nobody ends
 * and gives its slots back.
 */
export function deadlocked(pools: readonly PoolQueue[]): ReadonlySet<WaitingPlace> {
  const stuck = new Set(pools.flatMap(({ waiting }) => waiting.filter(keepsSlots)));
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    const kept = new Set(
      [...stuck].flatMap((place) => place.meanwhile?.map((one) => keyOf(place, one)) ?? []),
    );
    for (const pool of pools) for (const place of served(pool, kept)) stuck.delete(place);
  }
  return stuck;
}

/** Those that get their turn sooner or later, where the slots in `kept` never come back. */
function served({ name, slots, held, waiting }: PoolQueue, kept: ReadonlySet<string>): WaitingPlace[] {
  const lost = held.filter((place) => kept.has(keyOf(place, { pool: name, id: place.id })));
  const free = slots - lost.reduce((sum, place) => sum + place.slots, 0);
  // Nobody overtakes the first, but for one who asks for more than there is: that waits for a larger pool.
  const first = waiting.findIndex((place) => place.slots > free && place.slots <= slots);
  return first === -1 ? [...waiting] : waiting.slice(0, first);
}

function keepsSlots({ meanwhile = [] }: WaitingPlace): boolean {
  return meanwhile.length > 0;
}

function keyOf({ holder }: Place, { pool, id }: { readonly pool: string; readonly id: string }): string {
  return JSON.stringify([holder.firstRunId, holder.workflowId, pool, id]);
}
