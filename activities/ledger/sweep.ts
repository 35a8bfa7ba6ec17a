/** Looks after attempts that were claimed and have no record: those that are over get one. */
import type { Client } from '@temporalio/client';

import { attempt } from '../attempt.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Swept } from './contract.ts';
import { openAttempts } from './open.ts';
import { settle, type TellCutOff } from './settle.ts';

export async function sweep(store: ObjectStore, client: Client, tell?: TellCutOff): Promise<Swept> {
  const closed: string[] = [];
  const open = await openAttempts(store);
  for (const { run, attempt: number } of open) {
    if (attempt().signal.aborted) break;
    try {
      if (await settle(store, client, run, number, tell)) closed.push(`${run}/${number}`);
    } catch (error) {
      // One run that can't be settled must not keep the others from it.
      attempt().log('could not be settled, next time again', { run, reason: String(error) });
    }
  }
  return { open: open.length, closed };
}
