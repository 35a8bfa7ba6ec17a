/** Encryption at rest, as every request that writes has to ask for it. */
import type { Bucket } from './bucket.ts';

interface Encryption {
  readonly ServerSideEncryption?: 'aws:kms';
  readonly SSEKMSKeyId?: string;
  /** One call to KMS for many objects instead of one each. */
  readonly BucketKeyEnabled?: boolean;
}

export function encryption({ kmsKeyId }: Bucket): Encryption {
  if (kmsKeyId === undefined) return {};
  return { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true };
}
