/** A store one of whose folders is another store: `registry/` in a bucket of its own, with rights and a lifecycle of its own. */
import type { ObjectInfo, ObjectStore } from './contract.ts';

/** @param folder such as `registry/`; what the root itself has under it is never seen. Keys are whole in both. */
export function createMountedStore(root: ObjectStore, folder: string, mounted: ObjectStore): ObjectStore {
  const holder = (key: string): ObjectStore => (key.startsWith(folder) ? mounted : root);
  return {
    uri: root.uri,
    put: (key, body) => holder(key).put(key, body),
    putIfAbsent: (key, body) => holder(key).putIfAbsent(key, body),
    upload: (key, file) => holder(key).upload(key, file),
    get: (key) => holder(key).get(key),
    getRange: (key, start, end) => holder(key).getRange(key, start, end),
    stream: (key) => holder(key).stream(key),
    head: (key) => holder(key).head(key),
    stage: (key) => holder(key).stage(key),
    async delete(keys) {
      await root.delete(keys.filter((key) => !key.startsWith(folder)));
      await mounted.delete(keys.filter((key) => key.startsWith(folder)));
    },
    list(prefix, options) {
      if (prefix.startsWith(folder)) return mounted.list(prefix, options);
      if (!folder.startsWith(prefix)) return root.list(prefix, options);
      return between(root.list(prefix, options), folder, mounted.list(folder, options));
    },
  };
}

/** The folder's keys stand together, so its objects take their place among the root's in one piece. */
async function* between(
  outer: AsyncIterable<ObjectInfo>,
  folder: string,
  inner: AsyncIterable<ObjectInfo>,
): AsyncGenerator<ObjectInfo> {
  let passed = false;
  for await (const object of outer) {
    if (object.key.startsWith(folder)) continue;
    if (!passed && object.key > folder) {
      passed = true;
      yield* inner;
    }
    yield object;
  }
  if (!passed) yield* inner;
}
