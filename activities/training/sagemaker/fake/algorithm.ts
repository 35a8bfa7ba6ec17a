/** What runs inside of a job: the channels read from S3, the local trainer, and `model.tar.gz` written to where it belongs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { packTar } from 'modern-tar';

import type { ObjectStore } from '../../../store/contract.ts';
import type { Round, Trainer } from '../../trainer.ts';

export interface AlgorithmInput {
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Addresses by channel: a prefix, or a list of files. */
  readonly channels: Readonly<Record<string, { readonly uri: string; readonly isManifest: boolean }>>;
  /** `s3://bucket/…/model.tar.gz` */
  readonly output: string;
}

/** Metrics of the last round, with the five digits that the container prints. @throws Error in the container's words */
export type Algorithm = (
  input: AlgorithmInput,
  onUploading: () => Promise<void>,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, number>>>;

export interface AlgorithmOptions {
  /** A whole bucket, by its name. */
  readonly bucket: (name: string) => ObjectStore;
  readonly trainer: (store: ObjectStore) => Trainer;
}

const DIGITS = 5;
const compress = promisify(gzip);

export function createAlgorithm({ bucket, trainer }: AlgorithmOptions): Algorithm {
  return async ({ hyperparameters, channels, output }, onUploading, signal) => {
    const place = addressOf(output);
    const store = bucket(place.bucket);
    const { train, validation } = await foldersOf(store, channels);
    if (train === undefined) throw new Error('ClientError: no train channel');
    const folder = await mkdtemp(join(tmpdir(), 'assay-fake-sagemaker-'));
    try {
      let last: Round = { round: -1, metrics: {} };
      const job = { channels: { train, ...(validation && { validation }) }, hyperparameters, folder };
      const { modelFile } = await trainer(store).train(job, (round) => (last = round), signal);
      await onUploading();
      const archive = join(folder, 'model.tar.gz');
      await writeFile(archive, await pack(await readFile(modelFile)));
      await store.upload(place.key, archive);
      return Object.fromEntries(
        Object.entries(last.metrics).map(([name, value]) => [
          name.replace('-', ':'),
          Number(value.toFixed(DIGITS)),
        ]),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** As the container leaves it: one file without an extension. */
async function pack(model: Uint8Array): Promise<Uint8Array> {
  const header = { name: 'xgboost-model', size: model.length, type: 'file' as const };
  return compress(await packTar([{ header, body: model }]));
}

async function foldersOf(
  store: ObjectStore,
  channels: AlgorithmInput['channels'],
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, { uri, isManifest }] of Object.entries(channels)) {
    const { key } = addressOf(uri);
    found[name] = isManifest ? await listedFolders(store, key) : [key.replace(/\/$/, '')];
  }
  return found;
}

async function listedFolders(store: ObjectStore, key: string): Promise<string[]> {
  const [{ prefix }, ...files] = JSON.parse(Buffer.from(await store.get(key)).toString()) as [
    { prefix: string },
    ...string[],
  ];
  const folders = files.map((file) => addressOf(prefix + file).key.replace(/\/[^/]*$/, ''));
  return [...new Set(folders)];
}

function addressOf(uri: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`ClientError: ${uri} is no address in S3`);
  return { bucket, key };
}
