/** A pinned model version, loaded and proven to be what was pinned. */
import { assertDigest } from '../artefact.ts';
import { parseEncoder } from '../encoder-file.ts';
import type { Registry } from '../registry/contract.ts';
import type { Encoder } from '../../workflows/domain/encoder.ts';
import type { PinnedModel } from './contract.ts';
import { openScorer, type Scorer } from './onnx/scorer.ts';

export interface LoadedModel {
  readonly encoder: Encoder;
  readonly scorer: Scorer;
}

/** Hands the model to `body` and closes it after. @throws DigestMismatch */
export async function withPinned<T>(
  registry: Registry,
  pinned: PinnedModel,
  body: (model: LoadedModel) => Promise<T>,
): Promise<T> {
  const { model, version, digest } = pinned;
  const onnx = await registry.artefact(model, version, 'onnx');
  assertDigest(onnx, digest, `${model}/${version}`);
  const encoder = parseEncoder(await registry.artefact(model, version, 'encoder'), `${model}/${version}`);
  const scorer = await openScorer(onnx);
  try {
    return await body({ encoder, scorer });
  } finally {
    await scorer.close();
  }
}
