/**
 * Which open runs have not begun their first task: a mark beside that of the open run, set while it waits for a run
 * before it or for a place, and taken away when it has that, or is over.
 */
import type { ObjectStore } from '../store/contract.ts';
import type { Queued, RunQueue } from './contract.ts';
import { parseQueuedKey, QUEUED, queuedKey, queuedPrefix } from './keys.ts';
import { readJson, writeJson } from './objects.ts';

export function createRunQueue(store: ObjectStore): RunQueue {
  return {
    enter: async ({ run, attempt }, reason) => {
      const key = queuedKey(run, attempt);
      const before = await readJson<Queued>(store, key);
      if (before?.reason === reason) return;
      await writeJson(store, key, { reason, since: before?.since ?? new Date().toISOString() });
    },
    leave: async (run) => {
      const keys: string[] = [];
      for await (const { key } of store.list(queuedPrefix(run))) keys.push(key);
      if (keys.length > 0) await store.delete(keys);
    },
  };
}

/** By `<run>/<attempt>`. */
export async function queuedRuns(store: ObjectStore): Promise<ReadonlyMap<string, Queued>> {
  const queued = new Map<string, Queued>();
  for await (const { key } of store.list(QUEUED)) {
    const of = parseQueuedKey(key);
    // It may have been taken away since the list was made.
    const mark = await readJson<Queued>(store, key);
    if (of !== undefined && mark !== undefined) queued.set(`${of.run}/${of.attempt}`, mark);
  }
  return queued;
}
