/** Every commit of a table, newest last, with the rows and files that it added and removed. */
import type { HistoryEntry } from '../contract.ts';
import type { Action } from './actions.ts';
import { readCommits } from './log.ts';
import type { DeltaContext } from './log.ts';
import { readStats } from './stats.ts';

export async function readHistory(context: DeltaContext, table: string): Promise<HistoryEntry[]> {
  const rowsOf = new Map<string, number>();
  const entries: HistoryEntry[] = [];
  for await (const { version, actions } of readCommits(context, table)) {
    const added = actions.flatMap(({ add }) => add ?? []);
    const removed = actions.flatMap(({ remove }) => remove ?? []);
    for (const add of added) rowsOf.set(add.path, readStats(add).rows ?? 0);
    const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
    entries.push({
      version,
      at: new Date(info?.timestamp ?? 0).toISOString(),
      operation: operation(info),
      ...(info?.assayKey !== undefined && { key: info.assayKey }),
      rows: { added: sum(added, rowsOf), removed: sum(removed, rowsOf) },
      files: { added: added.length, removed: removed.length },
    });
  }
  return entries;
}

function operation(info: Action['commitInfo']): string {
  const { mode, predicate } = info?.operationParameters ?? {};
  if (info?.assayKey === undefined) return info?.operation ?? 'unknown';
  if (typeof predicate === 'string') return `replace ${predicate}`;
  return mode === 'Append' ? 'append' : 'overwrite';
}

function sum(files: readonly { path: string }[], rowsOf: ReadonlyMap<string, number>): number {
  return files.reduce((total, { path }) => total + (rowsOf.get(path) ?? 0), 0);
}
