/** A store in memory whose every operation waits for a scheduler, so that a test can try interleavings. */
import type { Scheduler } from 'fast-check';
import type { ObjectStore } from '../../store/contract.ts';

type Operations = Pick<ObjectStore, 'put' | 'putIfAbsent' | 'get' | 'list'>;

/** Of the port only what the registry uses; anything else is no function. */
export function scheduledStore(scheduler: Scheduler): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  const turn = (name: string): Promise<unknown> => scheduler.schedule(Promise.resolve(), name);
  const bytesOf = (body: Uint8Array | string): Uint8Array =>
    typeof body === 'string' ? new TextEncoder().encode(body) : body;

  const operations: Operations = {
    async put(key, body) {
      await turn('put');
      objects.set(key, bytesOf(body));
    },
    async putIfAbsent(key, body) {
      await turn('putIfAbsent');
      if (objects.has(key)) return false;
      objects.set(key, bytesOf(body));
      return true;
    },
    async get(key) {
      await turn('get');
      const found = objects.get(key);
      if (!found) throw new Error(`no object ${key}`);
      return found;
    },
    async *list(prefix, { after = '' } = {}) {
      await turn('list');
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
      for (const key of keys) yield { key, bytes: 0, modifiedAt: new Date(0) };
    },
  };
  return operations as ObjectStore;
}
