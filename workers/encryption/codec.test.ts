import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEncryptionCodec } from './codec.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';

const ringOf = (current: string, keys: Readonly<Record<string, string>>): KeyRing =>
  createKeyRing({
    read: async () => JSON.stringify({ current, keys }),
    unwrap: () => Promise.reject(new Error('nothing is wrapped here')),
  });
const key = (): string => randomBytes(32).toString('base64');
const first = key();
const second = key();
const codec = createEncryptionCodec(ringOf('first', { first }));

const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (one: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(one as Payload);

describe('createEncryptionCodec', () => {
  it('opens what it has closed, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const [opened] = await codec.decode(await codec.encode([payload(value)]));
        expect(JSON.stringify(valueOf(opened))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('leaves nothing of the value, nor of its kind, to be read', async () => {
    const [closed] = await codec.encode([payload({ patient: 'marker-7411' })]);
    const seen = Buffer.concat([
      closed?.data ?? Buffer.alloc(0),
      ...Object.values(closed?.metadata ?? {}).map((bytes) => Buffer.from(bytes)),
    ]).toString('latin1');
    expect(seen).not.toContain('marker-7411');
    expect(seen).not.toContain('json/plain');
    expect(seen).toContain('first');
  });

  it('closes the same value differently every time', async () => {
    const [one, other] = await codec.encode([payload('same'), payload('same')]);
    expect(Buffer.from(one?.data ?? []).equals(Buffer.from(other?.data ?? []))).toBe(false);
  });

  it('opens what an earlier key has closed once another is current', async () => {
    const closed = await codec.encode([payload('before the rotation')]);
    const rotated = createEncryptionCodec(ringOf('second', { first, second }));
    const [opened] = await rotated.decode(closed);
    expect(valueOf(opened)).toBe('before the rotation');
    const [fresh] = await rotated.encode([payload('after it')]);
    expect(Buffer.from(fresh?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('second');
  });

  it('lets what was never encrypted pass', async () => {
    const plain = payload('from before encryption was switched on');
    expect(await codec.decode([plain])).toEqual([plain]);
  });

  it.each([
    ['a changed byte', (data: Buffer) => data.fill((data.at(20) ?? 0) ^ 1, 20, 21)],
    ['a payload cut short', (data: Buffer) => data.subarray(0, -1)],
    ['no data at all', () => Buffer.alloc(0)],
  ])('refuses %s', async (_what, damage) => {
    const [closed] = await codec.encode([payload('whole')]);
    const broken = { ...closed, data: damage(Buffer.from(closed?.data ?? [])) } as Payload;
    await expect(codec.decode([broken])).rejects.toThrow(/can't be opened: it was damaged/);
  });

  it('refuses a payload whose key id was exchanged', async () => {
    const both = createEncryptionCodec(ringOf('first', { first, second: first }));
    const [closed] = await both.encode([payload('mine')]);
    const relabelled = {
      ...closed,
      metadata: { ...closed?.metadata, 'encryption-key-id': Buffer.from('second') },
    } as Payload;
    await expect(both.decode([relabelled])).rejects.toThrow(/can't be opened/);
  });
});
