/** A model's log: entries numbered from 1, each written once by put-if-absent, none ever changed. */
import type { ObjectStore } from '../store/contract.ts';
import type { RegistryEntry, RegistryEvent } from './contract.ts';
import { logIncomplete } from './errors.ts';
import { logKey, logPrefix } from './keys.ts';

/** The next event, from everything that was said before. What it throws refuses the event. */
type Decide = (log: readonly RegistryEntry[]) => RegistryEvent | Promise<RegistryEvent>;

export interface RegistryLog {
  read(model: string): Promise<readonly RegistryEntry[]>;
  /**
   * Writes what `decide` makes of the whole log, as its next entry; decides anew where another writer
   * came first. An entry of this kind and key that is already there is the answer, whatever came after.
   */
  append(model: string, kind: RegistryEvent['kind'], key: string, decide: Decide): Promise<RegistryEntry>;
}

export function createRegistryLog(store: ObjectStore, now: () => Date = () => new Date()): RegistryLog {
  /** Entries are immutable, so those once read need no reading again. */
  const known = new Map<string, readonly RegistryEntry[]>();

  async function read(model: string): Promise<readonly RegistryEntry[]> {
    const before = known.get(model) ?? [];
    const entries = [...before];
    const newer = before.length > 0 ? { after: logKey(model, before.length) } : {};
    for await (const { key } of store.list(logPrefix(model), newer)) {
      const number = entries.length + 1;
      if (key !== logKey(model, number)) throw logIncomplete(model, number);
      entries.push(parse(await store.get(key)));
    }
    if (entries.length > (known.get(model)?.length ?? 0)) known.set(model, entries);
    return entries;
  }

  return {
    read,
    async append(model, kind, key, decide) {
      for (;;) {
        const log = await read(model);
        const written = log.find((entry) => entry.kind === kind && entry.key === key);
        if (written) return written;
        const event = await decide(log);
        const entry: RegistryEntry = { number: log.length + 1, at: now().toISOString(), ...event };
        // A put that timed out but arrived looks like a lost race; the next reading finds it by its key.
        if (await store.putIfAbsent(logKey(model, entry.number), JSON.stringify(entry))) return entry;
      }
    },
  };
}

/** The registry's own writing. */
function parse(bytes: Uint8Array): RegistryEntry {
  return JSON.parse(new TextDecoder().decode(bytes)) as RegistryEntry;
}
