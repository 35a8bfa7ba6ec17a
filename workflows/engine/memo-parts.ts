/** Tasks between a run and its ledger: in pieces that fit a payload, inline where they are light. */
import { chunksOf, INLINE_BYTES, weightOf } from '../domain/chunks.ts';
import type { MemoPart, TaskRecord } from '../domain/run-record.ts';
import type { Memo, MemoLedger } from './runtime.ts';

/** @param name unique within the attempt */
export function saveTasks(
  ledger: MemoLedger,
  name: string,
  tasks: readonly TaskRecord[],
): Promise<MemoPart[]> {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return Promise.all(chunksOf(tasks).map((chunk, at) => ledger.save(`${safe}-${at}`, chunk)));
}

/** Measured first: a continue-as-new too heavy for a payload is tried again for ever, and never fails. */
export async function toMemo(
  ledger: MemoLedger,
  name: string,
  tasks: readonly TaskRecord[],
  inline = INLINE_BYTES,
): Promise<Memo> {
  if (weightOf(tasks) <= inline) return { tasks };
  return { parts: await saveTasks(ledger, name, tasks) };
}

export async function fromMemo(ledger: MemoLedger, memo: Memo): Promise<readonly TaskRecord[]> {
  if ('tasks' in memo) return memo.tasks;
  const loaded = await Promise.all(memo.parts.map((part) => ledger.load(part)));
  return loaded.flat();
}
