/**
 * Closes payloads before they leave this process and opens them again: Temporal's server, its database and its
 * backups never see what runs are given, return or fail with.
 *
 * A closed payload is AES-256-GCM (NIST SP 800-38D) over the whole payload, metadata included:
 * 12 random bytes of nonce, ciphertext, 16 bytes of tag. The key's id is authenticated with it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

import type { Key, KeyRing } from './key-ring.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The name that Temporal's own examples and tools know. */
const ENCODING = 'binary/encrypted';

const PayloadMessage = proto.temporal.api.common.v1.Payload;

/** What is not encrypted passes `decode` as it is, so that a namespace may hold both while encryption is brought in. */
export function createEncryptionCodec(ring: KeyRing): PayloadCodec {
  return {
    async encode(payloads) {
      const key = await ring.current();
      return payloads.map((payload) => close(payload, key));
    },
    decode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          const id = keyIdOf(payload);
          return id === undefined ? payload : open(payload, await ring.find(id));
        }),
      ),
  };
}

function close(payload: Payload, { id, bytes }: Key): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, bytes, nonce);
  cipher.setAAD(Buffer.from(id));
  const plain = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      'encryption-cipher': Buffer.from(CIPHER),
      'encryption-key-id': Buffer.from(id),
    },
    data,
  };
}

/** @throws Error where the payload was changed, cut short or closed with another key of the same id */
function open(payload: Payload, { id, bytes }: Key): Payload {
  const data = payload.data ?? new Uint8Array();
  try {
    const decipher = createDecipheriv(CIPHER, bytes, data.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(id));
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    const sealed = data.subarray(NONCE_BYTES, -TAG_BYTES);
    return PayloadMessage.decode(Buffer.concat([decipher.update(sealed), decipher.final()]));
  } catch (cause) {
    throw new Error(
      `A payload under key ${id} can't be opened: it was damaged, or the key is another one now.`,
      {
        cause,
      },
    );
  }
}

function keyIdOf({ metadata }: Payload): string | undefined {
  if (metadata?.['encoding'] === undefined || textOf(metadata['encoding']) !== ENCODING) return undefined;
  return textOf(metadata['encryption-key-id'] ?? new Uint8Array());
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
