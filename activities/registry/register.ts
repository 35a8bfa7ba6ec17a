/** Registration: a trained, converted and evaluated candidate becomes the next immutable version. */
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import { readArtefact } from '../artefact.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { ModelVersion, RegistryActivities } from './contract.ts';
import { artefactKey, metadataKey } from './keys.ts';
import type { RegistryLog } from './log.ts';
import { readMetadata } from './registry.ts';

/** What the workflow hands in, and the code version of the worker that registers. */
type Registration = Parameters<RegistryActivities['register']>[0] & { readonly codeVersion: string };
type ArtefactName = keyof ModelVersion['artefacts'];

/**
 * The metadata take the number, by put-if-absent; then the artefacts are copied in, and last the log
 * says that the version exists. A registration cut short leaves a number that nobody sees, and is
 * carried on by the next try under its key.
 */
export async function register(
  store: ObjectStore,
  log: RegistryLog,
  model: string,
  input: Registration,
  now: () => Date,
): Promise<ModelVersion> {
  const sources = artefactsOf(input);
  const version = await claim(store, model, input.key, (number) =>
    describe(model, number, input, sources, now()),
  );
  for (const [name, source] of entriesOf(sources)) {
    await store.put(version.artefacts[name].key, await readArtefact(store, source));
  }
  await log.append(model, 'registered', input.key, () => ({
    kind: 'registered',
    key: input.key,
    by: input.run,
    version: version.version,
    digest: version.digest,
  }));
  return version;
}

/** The lowest number that nobody else's key holds: the same for all tries under one key, also at once. */
async function claim(
  store: ObjectStore,
  model: string,
  key: string,
  describe: (number: number) => ModelVersion,
): Promise<ModelVersion> {
  for (let number = 1; ; number += 1) {
    const metadata = describe(number);
    if (await store.putIfAbsent(metadataKey(model, number), JSON.stringify(metadata, null, 2)))
      return metadata;
    const holder = await readMetadata(store, model, number);
    if (holder.key === key) return holder;
  }
}

function describe(
  model: string,
  version: number,
  { candidate, dataset, converted, run, codeVersion, key }: Registration,
  sources: Record<ArtefactName, ArtefactRef>,
  at: Date,
): ModelVersion {
  const place = (name: ArtefactName): ArtefactRef => ({
    ...sources[name],
    key: artefactKey(model, version, name),
  });
  return {
    model,
    version,
    digest: converted.onnx.digest,
    key,
    registeredAt: at.toISOString(),
    run,
    codeVersion,
    candidate,
    dataset,
    parity: converted.parity,
    artefacts: {
      onnx: place('onnx'),
      trainer: place('trainer'),
      encoder: place('encoder'),
      metrics: place('metrics'),
      baseline: place('baseline'),
    },
  };
}

function artefactsOf({
  converted,
  candidate,
  dataset,
  metrics,
  baseline,
}: Registration): Record<ArtefactName, ArtefactRef> {
  return { onnx: converted.onnx, trainer: candidate.model, encoder: dataset.encoder, metrics, baseline };
}

function entriesOf(sources: Record<ArtefactName, ArtefactRef>): [ArtefactName, ArtefactRef][] {
  return Object.entries(sources) as [ArtefactName, ArtefactRef][];
}
