/** The read side of backfills: what clients ask without a server. */
import type { Ledger } from '../ledger/contract.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { Backfills } from './contract.ts';
import { preview } from './page.ts';
import { outlineBackfill, resolveBackfill, type BackfillSource } from './resolve.ts';
import { listBackfills, readBackfill } from './stored.ts';

interface BackfillsDependencies extends BackfillSource {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
}

export function createBackfills(deps: BackfillsDependencies): Backfills {
  const { store, ledger } = deps;
  return {
    resolve: (request) => resolveBackfill(deps, request),
    outline: (request) => outlineBackfill(deps, request),
    preview: (plan) => preview({ ledger }, plan),
    list: () => listBackfills(store),
    find: (id) => readBackfill(store, id),
  };
}
