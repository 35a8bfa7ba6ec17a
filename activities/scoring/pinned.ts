/** A pinned model version, loaded and proven to be what was pinned. */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
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

/** sha256, hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function assertDigest(bytes: Uint8Array, expected: string, name: string): void {
  const actual = digestOf(bytes);
  if (actual === expected) return;
  throw ApplicationFailure.nonRetryable(
    `${name} has the digest ${actual}, not ${expected}: it was changed after it was written. ` +
      'Restore the file, or pin another version.',
    'DigestMismatch',
    { name, expected, actual },
  );
}

export function parseEncoder(bytes: Uint8Array, name: string): Encoder {
  const encoder = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Encoder> | null;
  // The bytes are proven by their digest; only a later format could stand here.
  if (encoder?.format === 'assay-encoder-1') return encoder as Encoder;
  throw ApplicationFailure.nonRetryable(
    `The encoder of ${name} has the format '${String(encoder?.format)}', which this version does not read.`,
    'UnsupportedEncoder',
  );
}
