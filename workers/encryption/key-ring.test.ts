import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { createKeyRing } from './key-ring.ts';

const key = (): string => randomBytes(32).toString('base64');
const never = (): Promise<Uint8Array> => Promise.reject(new Error('nothing is wrapped here'));

describe('createKeyRing', () => {
  it('gives the current key, and the others by their ids', async () => {
    const keys = { old: key(), new: key() };
    const ring = createKeyRing({ read: async () => JSON.stringify({ current: 'new', keys }), unwrap: never });
    expect((await ring.current()).id).toBe('new');
    expect((await ring.find('old')).bytes.toString('base64')).toBe(keys.old);
  });

  it('asks KMS for a key that is wrapped', async () => {
    const plain = randomBytes(32);
    const keys = { a: { kms: Buffer.from('wrapped').toString('base64') } };
    const ring = createKeyRing({
      read: async () => JSON.stringify({ current: 'a', keys }),
      unwrap: async (wrapped) => (Buffer.from(wrapped).toString() === 'wrapped' ? plain : randomBytes(32)),
    });
    expect((await ring.current()).bytes.equals(plain)).toBe(true);
  });

  it('reads the ring again at a key that it does not know, and when it has grown old', async () => {
    let clock = 0;
    let reads = 0;
    const keys: Record<string, string> = { first: key() };
    let current = 'first';
    const ring = createKeyRing({
      read: async () => {
        reads += 1;
        return JSON.stringify({ current, keys });
      },
      unwrap: never,
      now: () => clock,
    });
    await ring.current();
    keys['second'] = key();
    current = 'second';
    clock = 11_000;
    expect((await ring.find('second')).id).toBe('second');
    expect(reads).toBe(2);
    await expect(ring.find('third')).rejects.toThrow(/third, which is not in the ring \(first, second\)/);
    expect(reads).toBe(2);
    clock += 300_001;
    await ring.current();
    expect(reads).toBe(3);
  });

  it('goes on with what it has where the ring can not be read again', async () => {
    let clock = 0;
    let fails = false;
    const text = JSON.stringify({ current: 'a', keys: { a: key() } });
    const read = (): Promise<string> =>
      fails ? Promise.reject(new Error('the secret store is away')) : Promise.resolve(text);
    const ring = createKeyRing({ read, unwrap: never, now: () => clock });
    await ring.current();
    fails = true;
    clock = 400_000;
    expect((await ring.current()).id).toBe('a');
  });

  it.each([
    ['no JSON', 'secretvalue', /not usable/],
    ['a current key that is missing', JSON.stringify({ current: 'b', keys: { a: key() } }), /not among/],
    [
      'a key of 16 bytes',
      JSON.stringify({ current: 'a', keys: { a: 'c2VjcmV0dmFsdWUxMjM0NQ==' } }),
      /16 bytes/,
    ],
  ])('refuses %s and quotes nothing of it', async (_what, text, message) => {
    const ring = createKeyRing({ read: async () => text, unwrap: never });
    const failure: unknown = await ring.current().catch((error: unknown) => error);
    expect(String(failure)).toMatch(message);
    expect(String(failure)).not.toContain('secretvalue');
    expect(String(failure)).not.toContain('c2VjcmV0');
  });
});
