/** A table's state: what is left when a Delta log has been replayed up to a version. */
import type { Action, Add, Metadata, Protocol, Remove } from './actions.ts';

export interface TableState {
  readonly version: number;
  readonly protocol: Protocol;
  readonly metadata: Metadata;
  /** Live data files by path, in the order in which they were added. */
  readonly files: ReadonlyMap<string, Add>;
  /** Removed ones by path. */
  readonly tombstones: ReadonlyMap<string, Remove>;
  /** Versions by application id. */
  readonly transactions: ReadonlyMap<string, number>;
}

/** The state before version 0. */
export type Beginning = Omit<TableState, 'protocol' | 'metadata'> & Partial<TableState>;

export const BEGINNING: Beginning = {
  version: -1,
  files: new Map(),
  tombstones: new Map(),
  transactions: new Map(),
};

/** One commit, or the content of a checkpoint, on top of a state. */
export function replay(state: Beginning, version: number, actions: readonly Action[]): Beginning {
  const files = new Map(state.files);
  const tombstones = new Map(state.tombstones);
  const transactions = new Map(state.transactions);
  let { protocol, metadata } = state;
  for (const action of actions) {
    if (action.protocol) protocol = action.protocol;
    if (action.metaData) metadata = action.metaData;
    if (action.txn) transactions.set(action.txn.appId, action.txn.version);
    if (action.remove) {
      files.delete(action.remove.path);
      tombstones.set(action.remove.path, action.remove);
    }
    if (action.add) {
      tombstones.delete(action.add.path);
      files.set(action.add.path, action.add);
    }
  }
  return {
    version,
    files,
    tombstones,
    transactions,
    ...(protocol && { protocol }),
    ...(metadata && { metadata }),
  };
}

export function isComplete(state: Beginning): state is TableState {
  return state.protocol !== undefined && state.metadata !== undefined;
}
