/** Attempts that run, or ended without a record. */
import type { ObjectStore } from '../store/contract.ts';
import type { Claim } from './claim.ts';
import type { OpenAttempt } from './contract.ts';
import { OPEN, parseOpenKey } from './keys.ts';
import { readJson } from './objects.ts';
import { parseRunId } from '../../workflows/domain/run-id.ts';

export async function openAttempts(store: ObjectStore): Promise<OpenAttempt[]> {
  const open: OpenAttempt[] = [];
  for await (const { key } of store.list(OPEN)) {
    const { run, attempt } = parseOpenKey(key) ?? {};
    const claim = await readJson<Claim>(store, key);
    if (run === undefined || attempt === undefined || claim === undefined) continue;
    open.push({ run, attempt, pipeline: parseRunId(run)?.pipeline ?? run, ...claim });
  }
  return open;
}
