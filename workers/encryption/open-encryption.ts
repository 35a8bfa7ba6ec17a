/** Encryption as the environment declares it: what workers, clients and the codec server hand to Temporal's SDK. */
import { fileURLToPath } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';

import type { AssayConfig } from '../../temporal.config.ts';
import type { Env } from '../env.ts';
import { createEncryptionCodec } from './codec.ts';
import { createKeyRing } from './key-ring.ts';
import { createKmsUnwrap } from './kms.ts';

export const FAILURE_CONVERTER = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));

type Declared = Pick<Env, 'encryptionKeys' | 'environment'>;

/** `undefined` where payloads are to stay as they are. @throws Error where they must not, and no keys are given */
export function openEncryption(
  env: Declared,
  config: Pick<AssayConfig, 'encryption'>,
): DataConverter | undefined {
  const codec = openCodec(env);
  if (codec !== undefined) return { payloadCodecs: [codec], failureConverterPath: FAILURE_CONVERTER };
  if (config.encryption === 'optional') return undefined;
  throw new Error(
    `${env.environment} encrypts what runs are given and return, and ASSAY_ENCRYPTION_KEYS is not set. ` +
      'Give it {"current":"ID","keys":{"ID":"<openssl rand -base64 32>"}}, from a secret; docs/operations.md says how.',
  );
}

/** KMS is asked, and its SDK loaded, only where a key is wrapped. */
export function openCodec({ encryptionKeys }: Pick<Env, 'encryptionKeys'>): PayloadCodec | undefined {
  if (encryptionKeys === undefined) return undefined;
  const unwrap = createKmsUnwrap();
  return createEncryptionCodec(createKeyRing({ read: async () => encryptionKeys, unwrap }));
}

/**
 * Opens the current key before work is taken: a worker without it would fail the first task of every run.
 * @throws DataKeyRefused, DataKeyUnavailable, or an Error that says what is wrong with the keys
 */
export async function openCurrentKey({ payloadCodecs = [] }: DataConverter): Promise<void> {
  for (const codec of payloadCodecs) await codec.encode([]);
}
