/** Claims: exactly one workflow carries an attempt of a run; put-if-absent decides which. */
import type { ObjectStore } from '../store/contract.ts';
import type { RunHolder } from './contract.ts';
import { claimKey, openKey, runPrefix } from './keys.ts';
import { readJson } from './objects.ts';

export interface Claim {
  readonly holder: RunHolder;
  readonly startedBy?: string;
  readonly claimedAt: string;
}

/** Takes the attempt for the holder unless it is taken; the answer is the claim that stands. Safe to repeat. */
export async function claim(
  store: ObjectStore,
  run: string,
  attempt: number,
  wanted: Omit<Claim, 'claimedAt'>,
): Promise<Claim> {
  const standing = await readClaim(store, run, attempt);
  if (standing !== undefined) return standing;
  // The marker first: a claim without one would be an attempt that the sweeper never finds.
  const own: Claim = { ...wanted, claimedAt: new Date().toISOString() };
  const body = JSON.stringify(own);
  await store.putIfAbsent(openKey(run, attempt), body);
  if (await store.putIfAbsent(claimKey(run, attempt), body)) return own;
  const taken = await readClaim(store, run, attempt);
  if (taken === undefined) throw new Error(`the claim of ${run}/${attempt} vanished while it was taken`);
  return taken;
}

export function readClaim(store: ObjectStore, run: string, attempt: number): Promise<Claim | undefined> {
  return readJson<Claim>(store, claimKey(run, attempt));
}

export function sameHolder(a: RunHolder, b: RunHolder): boolean {
  return a.workflowId === b.workflowId && a.firstRunId === b.firstRunId;
}

/** Numbers of the attempts that were claimed, ascending. */
export async function claimedAttempts(store: ObjectStore, run: string): Promise<number[]> {
  const prefix = runPrefix(run);
  const numbers: number[] = [];
  for await (const { key } of store.list(prefix)) {
    const [, number, kind] = /^(\d+)\.(claim|json)$/.exec(key.slice(prefix.length)) ?? [];
    // Logs and memos sort behind the numbers and may be many.
    if (number === undefined) break;
    if (kind === 'claim') numbers.push(Number(number));
  }
  return numbers.toSorted((a, b) => a - b);
}
