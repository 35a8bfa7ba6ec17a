/** JSON objects of the store, where absence is an answer and not an error. */
import { ApplicationFailure } from '@temporalio/common';

import type { ObjectStore } from '../store/contract.ts';

export async function readJson<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  try {
    return await requireJson<T>(store, key);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** @throws ObjectNotFound */
export async function requireJson<T>(store: ObjectStore, key: string): Promise<T> {
  return JSON.parse(Buffer.from(await store.get(key)).toString('utf8')) as T;
}

export async function writeJson(store: ObjectStore, key: string, value: unknown): Promise<void> {
  await store.put(key, JSON.stringify(value));
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'ObjectNotFound';
}
