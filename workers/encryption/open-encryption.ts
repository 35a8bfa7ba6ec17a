/** Encryption as the environment declares it: what workers, clients and the codec server hand to Temporal's SDK. */
import { fileURLToPath } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';

import type { AssayConfig } from '../../temporal.config.ts';
import type { Env } from '../env.ts';
import { createEncryptionCodec } from './codec.ts';
import { createKeyRing } from './key-ring.ts';

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

export function openCodec({ encryptionKeys }: Pick<Env, 'encryptionKeys'>): PayloadCodec | undefined {
  if (encryptionKeys === undefined) return undefined;
  return createEncryptionCodec(createKeyRing({ read: async () => encryptionKeys, unwrap: unwrapByKms }));
}

/** The SDK is loaded only where a key is wrapped. */
async function unwrapByKms(wrapped: Uint8Array): Promise<Uint8Array> {
  const { DecryptCommand, KMSClient } = await import('@aws-sdk/client-kms');
  const client = new KMSClient();
  try {
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: wrapped }));
    if (Plaintext === undefined) throw new Error('KMS returned no plain key.');
    return Plaintext;
  } finally {
    client.destroy();
  }
}
