/** What goes wrong with S3: which of it another try may mend, and how it is told to people. */
import { ApplicationFailure } from '@temporalio/common';

import { attempt } from '../../attempt.ts';

interface S3Error extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired']);
/** The request arrived damaged, or too late; the same one may arrive whole. */
const DAMAGED = new Set([
  'BadDigest',
  'IncompleteBody',
  'RequestTimeout',
  'SlowDown',
  'TimeoutError',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
]);
const NETWORK = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);
const NAMELESS = 'Unknown';
const REFUSED = new Set(['AccessDenied', 'Forbidden', 'InvalidAccessKeyId', 'SignatureDoesNotMatch']);

const CHANGED = 'ObjectChanged';
/** Answers to requests that another moment may answer otherwise. */
const PASSING = new Set([404, 408, 409, 412, 429]);

export function statusOf(error: unknown): number | undefined {
  return asS3Error(error)?.$metadata?.httpStatusCode;
}

/** Whether the client has sent the request once only, so that the answer is the answer to that. */
export function sentOnce(error: unknown): boolean {
  return asS3Error(error)?.$metadata?.attempts === 1;
}

export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

export function isMissing(error: unknown): boolean {
  return (
    isNamed(error, 'NoSuchKey', 'NotFound') || (statusOf(error) === 404 && !isNamed(error, 'NoSuchBucket'))
  );
}

/** The answer to a HEAD has no body, so that it is a 400 without a name. */
export function isExpired(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return EXPIRED.has(error.name) || (error.name === NAMELESS && statusOf(error) === 400);
}

export function isTransient(error: unknown): boolean {
  const fault = asS3Error(error);
  if (fault === undefined || fault.name === 'AbortError') return false;
  const status = statusOf(error);
  return (
    DAMAGED.has(fault.name) ||
    NETWORK.has(fault.code ?? '') ||
    /^(Connection lost|Checksum mismatch|aborted$|socket hang up)/.test(fault.message) ||
    status === 429 ||
    (status !== undefined && status >= 500)
  );
}

/**
 * An error for the task's log and for Temporal. The SDK's own carries the request with it, signature
 * and key ID included; of that nothing but name and message goes on.
 */
export function told(uri: string, error: unknown): unknown {
  if (error instanceof ApplicationFailure || attempt().signal.aborted) return error;
  const fault = asS3Error(error);
  if (fault === undefined || (fault.code?.startsWith('E') && !NETWORK.has(fault.code))) return error;
  const reason =
    fault.name === NAMELESS ? `HTTP ${statusOf(error)} without a reason` : `${fault.name}: ${fault.message}`;
  if (fault.name === 'CredentialsProviderError') {
    return passing(
      'NoCredentials',
      `There are no AWS credentials for ${uri} (${reason}). Give some, in any way that the AWS SDK knows.`,
    );
  }
  if (fault.name === 'NoSuchBucket') {
    return bucketNotFound(uri);
  }
  if (REFUSED.has(fault.name) || fault.name.startsWith('KMS.') || statusOf(error) === 403) {
    const needed =
      's3:ListBucket on the bucket, s3:GetObject, s3:PutObject and s3:DeleteObject on its objects';
    return permanent('StoreAccessDenied', `${uri} refuses us (${reason}). The credentials need ${needed}.`);
  }
  if (isExpired(error)) {
    return passing(
      'StoreCredentialsExpired',
      `${uri} takes our credentials for expired (${reason}). Renew them.`,
    );
  }
  const status = statusOf(error) ?? 500;
  if (status >= 300 && status < 500 && !isTransient(error) && !PASSING.has(status)) {
    return permanent(
      'StoreRefused',
      `${uri} refuses the request (${reason}). Check its region, endpoint and policy.`,
    );
  }
  return passing(
    'StoreUnavailable',
    `${uri} can't be reached or does not answer (${reason}). It may be tried again.`,
  );
}

export function bucketNotFound(uri: string): ApplicationFailure {
  return permanent('BucketNotFound', `There is no bucket for ${uri}. Create it, or name another store.`);
}

/** The object was replaced or deleted while it was read; another try reads it as it is now. */
export function objectChanged(uri: string, key: string): ApplicationFailure {
  return passing(CHANGED, `${key} in ${uri} was replaced while it was being read. Read it again.`);
}

export function isChanged(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === CHANGED;
}

function asS3Error(error: unknown): S3Error | undefined {
  return error instanceof Error ? error : undefined;
}

function permanent(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

function passing(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type });
}
