/** A task's turn in a pool: for each try it waits for its slots, and gives them back at the try's end. */
import type { Ticket } from '../domain/pool/messages.ts';
import type { Place } from './admission.ts';
import type { Runtime } from './runtime.ts';
import type { Task } from './task.ts';

/** The name of a pool that `temporal.config.ts` declares, for one slot of it; or how many slots, and how urgently. */
export type PoolOption =
  | string
  | {
      readonly name: string;
      /** 1 by default; at most as many as the pool is declared with. */
      readonly slots?: number;
      /** Higher ones go first; 0 by default. Within a priority whoever has waited longest. */
      readonly priority?: number;
    };

export interface PoolUse {
  readonly name: string;
  readonly slots: number;
  readonly priority: number;
}

export function poolUse(option: PoolOption): PoolUse {
  const { name, slots = 1, priority = 0 } = typeof option === 'string' ? { name: option } : option;
  return { name, slots, priority };
}

/**
 * One that waits for slots of a pool inside a task that holds some of them may wait for ever: as soon as all are
 * held so, nobody can go on to give any back.
 * @param around the tasks whose bodies create it, the innermost first
 * @throws PoolHeldAround
 */
export function refuseNestedTurn(
  runtime: Pick<Runtime, 'toError'>,
  label: string,
  pool: PoolUse | undefined,
  around: readonly Task[],
): void {
  const holder = pool && around.find(({ spec }) => spec.pool?.name === pool.name);
  if (pool === undefined || holder === undefined) return;
  const message =
    `${label} takes a turn in pool ${pool.name}, and is created by ${holder.label}, which has one of the same pool ` +
    `until it ends: they would wait for each other for ever. Give the pool to only one of them`;
  throw runtime.toError({
    type: 'PoolHeldAround',
    message,
    details: { pool: pool.name, task: label, holder: holder.label },
  });
}

/**
 * Resolves when the slots are there, or when the wait is to go on in a new history, where it keeps its place.
 * @throws where they never will be, and when the run is cancelled
 */
export async function takeTurn<Drained>(
  runtime: Runtime,
  task: Task,
  place: Place | undefined,
  drained: Promise<Drained>,
): Promise<'now' | Drained> {
  if (place?.isHeld === false) {
    const turn = await Promise.race([place.held().then(() => 'now' as const), drained]);
    if (turn !== 'now') return turn;
  }
  if (task.spec.pool === undefined) return 'now';
  const { name, ...use } = task.spec.pool;
  const since = waitingSince(task, runtime.now());
  const ticket: Ticket = { id: nextTicket(task), ...use, since };
  task.progress.queuedAt = new Date(since).toISOString();
  task.progress.reason = `waits for pool ${name}`;
  const granted = runtime.pools.acquire(name, ticket).then(() => 'now' as const);
  const turn = await Promise.race([granted, drained]);
  delete task.progress.reason;
  if (turn !== 'now') runtime.pools.giveBack(name, ticket.id);
  return turn;
}

/** After the try that it was taken for. */
export function endTurn(runtime: Runtime, task: Task, { name }: PoolUse): void {
  runtime.pools.giveBack(name, `${task.label}/${task.progress.tries}`);
}

/** A try that was begun in the history before still has its slots. */
function nextTicket({ label, progress: { tries, resumes } }: Task): string {
  return `${label}/${resumes === undefined ? tries + 1 : tries}`;
}

/** What was queued in the history before has waited since then; every try waits anew. */
function waitingSince({ progress: { queuedAt, startedAt } }: Task, now: number): number {
  if (queuedAt === undefined || (startedAt !== undefined && queuedAt <= startedAt)) return now;
  return Date.parse(queuedAt);
}
