/** Small but complete registrations, so that a test needs no training. */
import { createHash } from 'node:crypto';
import type { ArtefactRef } from '../../../workflows/domain/reference.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { Candidate, Dataset } from '../../training/contract.ts';
import type { RegistryActivities } from '../contract.ts';

export type Registration = Parameters<RegistryActivities['register']>[0];

/** `key` makes the artefacts differ; whatever is in `artefacts` takes the place of the made-up bytes. */
export async function makeRegistration(
  store: ObjectStore,
  key: string,
  artefacts: Partial<Record<'onnx' | 'encoder' | 'metrics' | 'baseline', Uint8Array | string>> = {},
): Promise<Registration> {
  const save = (name: string, body: Uint8Array | string = `${name} of ${key}`): Promise<ArtefactRef> =>
    saveArtefact(store, `work/${key}/${name}`, body);
  const encoder = await save('encoder', artefacts.encoder);
  return {
    project: 'demo',
    candidate: { ...CANDIDATE, model: await save('trainer') },
    dataset: { ...DATASET, encoder },
    converted: { onnx: await save('onnx', artefacts.onnx), parity: { rows: 10, maxAbsDiff: 0 } },
    metrics: await save('metrics', artefacts.metrics),
    baseline: await save('baseline', artefacts.baseline),
    run: `run of ${key}`,
    key,
  };
}

async function saveArtefact(
  store: ObjectStore,
  key: string,
  body: Uint8Array | string,
): Promise<ArtefactRef> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  await store.put(key, bytes);
  return { key, digest: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

const NOWHERE: ArtefactRef = { key: 'none', digest: '', bytes: 0 };

const CANDIDATE: Candidate = {
  family: 'boosted',
  trial: 0,
  trials: 1,
  hyperparameters: { eta: '0.1' },
  rounds: 10,
  validation: { auc: 0.66, logLoss: 0.33 },
  model: NOWHERE,
  seconds: 1,
};

const DATASET: Dataset = {
  snapshot: {
    features: { table: 'gold/features', version: 0 },
    labels: { table: 'gold/labels', version: 0 },
    asOf: '2025-01-01T00:00:00Z',
    intervals: ['2024-11-01T00:00:00Z'],
    matured: [{ start: '2024-11-01T00:00:00Z', rows: 100, positives: 11 }],
    rows: 100,
    positives: 11,
    digest: 'snapshot',
  },
  encoder: NOWHERE,
  channels: {
    train: { prefix: 'train/', rows: 60, positives: 7 },
    validation: { prefix: 'validation/', rows: 20, positives: 2 },
  },
  test: { prefix: 'test/', rows: 20, positives: 2 },
  trainedUntil: { interval: '2024-11-01T00:00:00Z', key: '80' },
  removedForTestEntities: 0,
  eventRate: 0.11,
  digest: 'dataset',
};
