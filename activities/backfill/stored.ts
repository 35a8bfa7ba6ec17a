/** Backfills in the store: a plan when it begins, an ending when it ends. */
import { ApplicationFailure } from '@temporalio/common';

import { readJson } from '../ledger/objects.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { BackfillEnding, Resolved, StoredBackfill } from './contract.ts';

const BACKFILLS = 'backfills/';
const PLAN = '/plan.json';
const ENDING = '/ending.json';
/** An ID is a folder's name. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,199}$/;

/** The plan that stands: of two who begin the same backfill, the first one's. */
export async function writePlan(store: ObjectStore, id: string, resolved: Resolved): Promise<Resolved> {
  if (!ID.test(id)) {
    throw ApplicationFailure.nonRetryable(
      `${JSON.stringify(id)} is no ID of a backfill: up to 200 letters, digits, '_', '.', '@' and '-'`,
      'InvalidBackfill',
    );
  }
  const body = JSON.stringify({ createdAt: new Date().toISOString(), ...resolved });
  if (await store.putIfAbsent(`${BACKFILLS}${id}${PLAN}`, body)) return resolved;
  const { plan, total } = (await readBackfill(store, id)) ?? resolved;
  return { plan, total };
}

export async function writeEnding(store: ObjectStore, id: string, ending: BackfillEnding): Promise<void> {
  await store.putIfAbsent(`${BACKFILLS}${id}${ENDING}`, JSON.stringify(ending));
}

export async function readBackfill(store: ObjectStore, id: string): Promise<StoredBackfill | undefined> {
  if (!ID.test(id)) return undefined;
  const [plan, ending] = await Promise.all([
    readJson<Omit<StoredBackfill, 'id' | 'ending'>>(store, `${BACKFILLS}${id}${PLAN}`),
    readJson<BackfillEnding>(store, `${BACKFILLS}${id}${ENDING}`),
  ]);
  return plan && { id, ...plan, ...(ending !== undefined && { ending }) };
}

/** The newest first. */
export async function listBackfills(store: ObjectStore): Promise<StoredBackfill[]> {
  const found: StoredBackfill[] = [];
  for await (const { key } of store.list(BACKFILLS)) {
    if (!key.endsWith(PLAN)) continue;
    const one = await readBackfill(store, key.slice(BACKFILLS.length, -PLAN.length));
    if (one !== undefined) found.push(one);
  }
  return found.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}
