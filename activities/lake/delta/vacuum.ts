/**
 * Deletes data files that nothing inside the retention needs. A file stays while it is live, while a
 * version that was current at some time of the retention has it, and while it is younger than the
 * retention (a writer may be about to commit it). The log is never touched.
 */
import { keyOfLogPath } from './paths.ts';
import { readCommits, readTable, tableRoot } from './log.ts';
import type { DeltaContext } from './log.ts';
import type { TableState } from './state.ts';

const HOUR_MS = 3_600_000;

export async function vacuumTable(
  context: DeltaContext,
  table: string,
  options: { readonly retainHours: number; readonly dryRun?: boolean },
): Promise<{ deleted: string[] }> {
  if (!(options.retainHours >= 0)) {
    throw new RangeError(`retainHours must be zero or more, not ${options.retainHours}`);
  }
  const cutoff = context.now() - options.retainHours * HOUR_MS;
  const root = tableRoot(table);
  // Listed first: what a writer adds after this is not looked at.
  const old = await oldFiles(context, root, cutoff);
  const needed = await neededFiles(context, table, await readTable(context, table), cutoff);
  const deleted = old.filter((key) => !needed.has(key.slice(root.length)));
  if (options.dryRun !== true) await context.store.delete(deleted);
  return { deleted: deleted.map((key) => key.slice(root.length)) };
}

async function oldFiles({ store }: DeltaContext, root: string, cutoff: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, modifiedAt } of store.list(root)) {
    const hidden = /^[_.]/.test(key.slice(root.length)) && !key.slice(root.length).includes('=');
    if (!hidden && modifiedAt.getTime() < cutoff) found.push(key);
  }
  return found;
}

/** Relative to the table's root. The whole log is read: checkpoints forget old removals. */
async function neededFiles(
  context: DeltaContext,
  table: string,
  state: TableState,
  cutoff: number,
): Promise<Set<string>> {
  const needed = new Set([...state.files.keys()].map(keyOfLogPath));
  const keep = (path: string, removedAt: number): void => {
    if (removedAt >= cutoff) needed.add(keyOfLogPath(path));
  };
  for (const { path, deletionTimestamp } of state.tombstones.values())
    keep(path, deletionTimestamp ?? Infinity);
  for await (const { actions } of readCommits(context, table)) {
    const committedAt = actions.find(({ commitInfo }) => commitInfo)?.commitInfo?.timestamp;
    for (const { remove } of actions) {
      if (remove) keep(remove.path, remove.deletionTimestamp ?? committedAt ?? Infinity);
    }
  }
  return needed;
}
