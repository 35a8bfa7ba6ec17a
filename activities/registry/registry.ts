/** The read side of the registry: what is registered, who holds which alias, and proven artefacts. */
import { assertDigest, digestMismatch } from '../artefact.ts';
import type { ObjectStore } from '../store/contract.ts';
import { replay } from './aliases.ts';
import type { ModelVersion, Registry, RegistryEntry } from './contract.ts';
import { unknownModel, unknownVersion } from './errors.ts';
import { metadataKey, REGISTRY } from './keys.ts';
import { createRegistryLog } from './log.ts';

export function createRegistry(store: ObjectStore): Registry {
  const entries = createRegistryLog(store);

  async function models(): Promise<string[]> {
    const found: string[] = [];
    for (let model = await modelAfter(''); model !== undefined; model = await modelAfter(model)) {
      if ((await entries.read(model)).length > 0) found.push(model);
    }
    return found;
  }

  /** One page of listing for each model, however many objects it has: the next begins after its last. */
  async function modelAfter(model: string): Promise<string | undefined> {
    const after = model === '' ? {} : { after: `${REGISTRY}${model}/\u{10ffff}` };
    for await (const { key } of store.list(REGISTRY, after)) {
      return key.slice(REGISTRY.length, key.indexOf('/', REGISTRY.length));
    }
    return undefined;
  }

  async function log(model: string): Promise<RegistryEntry[]> {
    const read = await entries.read(model);
    if (read.length === 0) throw unknownModel(model, await models());
    return [...read];
  }

  async function version(model: string, number: number): Promise<ModelVersion> {
    const registered = registrations(await log(model));
    const digest = registered.get(number);
    if (digest === undefined) throw unknownVersion(model, number, [...registered.keys()]);
    const metadata = await readMetadata(store, model, number);
    if (metadata.digest !== digest) throw digestMismatch(`${model}/${number}`, digest, metadata.digest);
    return metadata;
  }

  return {
    models,
    log,
    version,
    async versions(model) {
      const numbers = [...registrations(await log(model)).keys()].toSorted((a, b) => a - b);
      return Promise.all(numbers.map((number) => version(model, number)));
    },
    async aliases(model) {
      return replay(await log(model));
    },
    async artefact(model, number, name) {
      const { key, digest } = (await version(model, number)).artefacts[name];
      const bytes = await store.get(key);
      assertDigest(bytes, digest, `${model}/${number} ${name}`);
      return bytes;
    },
  };
}

/** Digests by version number. */
function registrations(log: readonly RegistryEntry[]): Map<number, string> {
  return new Map(
    log.flatMap((entry) => (entry.kind === 'registered' ? [[entry.version, entry.digest]] : [])),
  );
}

/** The registry's own writing. @throws ObjectNotFound */
export async function readMetadata(
  store: ObjectStore,
  model: string,
  version: number,
): Promise<ModelVersion> {
  const bytes = await store.get(metadataKey(model, version));
  return JSON.parse(new TextDecoder().decode(bytes)) as ModelVersion;
}
