/**
 * Data keys that AWS KMS has wrapped (`aws kms generate-data-key-without-plaintext`): the secret then holds nothing that
 * opens a payload, and every opening of a key stands in CloudTrail.
 */
import type { KMSClient } from '@aws-sdk/client-kms';

/** Stays as it is until somebody changes a policy, a key or the ring. */
export class DataKeyRefused extends Error {
  override readonly name = 'DataKeyRefused';
}

/** KMS was away or had too much to do, for as long as the SDK tries. */
export class DataKeyUnavailable extends Error {
  override readonly name = 'DataKeyUnavailable';
}

/** All workers of an environment may start at once, and KMS counts calls by the second. */
const ATTEMPTS = 8;

/** By KMS's name of the error; what is not here may pass. */
const REFUSED: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "this role may not open it, or its KMS key is gone: the role, and the key's policy, need kms:Decrypt",
  DisabledException: 'its KMS key is disabled: `aws kms enable-key` brings it back',
  IncorrectKeyException: 'it was wrapped with another KMS key',
  InvalidCiphertextException:
    'it is not what KMS returned as CiphertextBlob: cut short, changed, or of another account or region',
  InvalidKeyUsageException: 'its KMS key is not one for encryption',
  KMSInvalidStateException:
    'its KMS key is about to be deleted, or has no material: `aws kms cancel-key-deletion`, then enable-key',
  NotFoundException: 'its KMS key does not exist in this account and region',
  UnrecognizedClientException: 'AWS does not know these credentials',
};

/** @param connect by default with region, endpoint and credentials as the AWS SDK finds them */
export function createKmsUnwrap(
  connect: () => Promise<KMSClient> = connectToKms,
): (wrapped: Uint8Array) => Promise<Uint8Array> {
  return async (wrapped) => {
    const { DecryptCommand } = await import('@aws-sdk/client-kms');
    const client = await connect();
    try {
      const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: wrapped }));
      if (Plaintext === undefined) throw new DataKeyUnavailable('KMS returned no plain key.');
      return Plaintext;
    } catch (error) {
      throw explained(error);
    } finally {
      client.destroy();
    }
  };
}

async function connectToKms(): Promise<KMSClient> {
  const { KMSClient } = await import('@aws-sdk/client-kms');
  return new KMSClient({ maxAttempts: ATTEMPTS, retryMode: 'adaptive' });
}

/** Its own message is left out of a refusal: it may name accounts and roles, and says less. */
function explained(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof DataKeyUnavailable) return error as Error;
  const why = REFUSED[error.name];
  if (why !== undefined) {
    return new DataKeyRefused(`KMS does not unwrap a key of ASSAY_ENCRYPTION_KEYS: ${why} (${error.name}).`, {
      cause: error,
    });
  }
  return new DataKeyUnavailable(
    `KMS did not unwrap a key of ASSAY_ENCRYPTION_KEYS: ${error.name}: ${error.message}. It will be tried again.`,
    { cause: error },
  );
}
