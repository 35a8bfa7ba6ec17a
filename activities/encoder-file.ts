/** The encoder as it stands beside a model: `encoder.json`. */
import { ApplicationFailure } from '@temporalio/common';
import type { Encoder } from '../workflows/domain/encoder.ts';

/** `name` says to people whose encoder it is. @throws UnsupportedEncoder */
export function parseEncoder(bytes: Uint8Array, name: string): Encoder {
  const encoder = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Encoder> | null;
  // The bytes are proven by their digest; only a later format could stand here.
  if (encoder?.format === 'assay-encoder-1') return encoder as Encoder;
  throw ApplicationFailure.nonRetryable(
    `The encoder of ${name} has the format '${String(encoder?.format)}', which this version does not read.`,
    'UnsupportedEncoder',
    { name },
  );
}
