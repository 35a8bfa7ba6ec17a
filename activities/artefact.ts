/** Immutable objects proven by their digest: how they are read, and how they get their names. */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { ArtefactRef } from '../workflows/domain/reference.ts';
import type { ObjectStore } from './store/contract.ts';

/** sha256, hexadecimal. */
export function digestOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** `name` says to people what the bytes are. @throws DigestMismatch */
export function assertDigest(bytes: Uint8Array, expected: string, name: string): void {
  const actual = digestOf(bytes);
  if (actual !== expected) throw digestMismatch(name, expected, actual);
}

export function digestMismatch(name: string, expected: string, actual: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${name} has the digest ${actual}, not ${expected}: it was changed after it was written. ` +
      'Restore the file, or use another version.',
    'DigestMismatch',
    { name, expected, actual },
  );
}

/** @throws ObjectNotFound, DigestMismatch */
export async function readArtefact(store: ObjectStore, { key, digest }: ArtefactRef): Promise<Uint8Array> {
  const bytes = await store.get(key);
  assertDigest(bytes, digest, key);
  return bytes;
}

/** Named by its content, `<folder>/<digest>.<extension>`, so that writing it again changes nothing. */
export async function writeArtefact(
  store: ObjectStore,
  folder: string,
  extension: string,
  bytes: Uint8Array,
): Promise<ArtefactRef> {
  const digest = digestOf(bytes);
  const key = `${folder}/${digest}.${extension}`;
  await store.putIfAbsent(key, bytes);
  return { key, digest, bytes: bytes.length };
}
