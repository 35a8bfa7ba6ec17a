/** Which adapter of the object-store port an address means. */
import { fileURLToPath } from 'node:url';

import type { ObjectStore } from '../activities/store/contract.ts';
import { createLocalStore } from '../activities/store/local-store.ts';
import { createMountedStore } from '../activities/store/mounted-store.ts';
import { storeUri, type Env, type S3Env } from './env.ts';

const S3_URI = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[^/]+)*)\/?$/;

/** The store, with the registry in a place of its own where the environment names one. */
export function openStores(uri: string, { s3, registryStoreUri }: Env): ObjectStore {
  const root = openStore(uri, s3);
  if (registryStoreUri === undefined) return root;
  return createMountedStore(root, 'registry/', openStore(storeUri(registryStoreUri), s3));
}

/** @param uri `file:///…` or `s3://bucket/prefix` @throws Error for an address that no adapter serves */
export function openStore(uri: string, s3: S3Env): ObjectStore {
  if (uri.startsWith('file://')) return createLocalStore(fileURLToPath(uri));
  const [, bucket, prefix = ''] = S3_URI.exec(uri) ?? [];
  if (bucket !== undefined && !/\/\.\.?(\/|$)/.test(prefix)) {
    return whenUsed(`s3://${bucket}${prefix}`, async () => {
      const { openS3Store } = await import('./s3.ts');
      return openS3Store(bucket, prefix.slice(1), s3);
    });
  }
  throw new Error(`No store adapter serves ${uri}. A folder, a file:// address or s3://bucket/prefix does.`);
}

/** The AWS SDK takes a tenth of a second to load: most commands, and every folder, do without. */
function whenUsed(uri: string, open: () => Promise<ObjectStore>): ObjectStore {
  let opened: Promise<ObjectStore> | undefined;
  const store = (): Promise<ObjectStore> => (opened ??= open());
  return {
    uri,
    put: async (...given) => (await store()).put(...given),
    putIfAbsent: async (...given) => (await store()).putIfAbsent(...given),
    upload: async (...given) => (await store()).upload(...given),
    get: async (...given) => (await store()).get(...given),
    getRange: async (...given) => (await store()).getRange(...given),
    stream: async (...given) => (await store()).stream(...given),
    head: async (...given) => (await store()).head(...given),
    async *list(...given) {
      yield* (await store()).list(...given);
    },
    delete: async (...given) => (await store()).delete(...given),
    stage: async (...given) => (await store()).stage(...given),
  };
}
