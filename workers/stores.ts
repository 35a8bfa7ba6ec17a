/** Which adapter of the object-store port an address means. */
import { fileURLToPath } from 'node:url';

import type { ObjectStore } from '../activities/store/contract.ts';
import { createLocalStore } from '../activities/store/local-store.ts';

/** @param uri `file:///…` @throws Error for a scheme that no adapter serves */
export function openStore(uri: string): ObjectStore {
  if (uri.startsWith('file://')) return createLocalStore(fileURLToPath(uri));
  throw new Error(`No store adapter serves ${uri}. A folder or a file:// address does.`);
}
