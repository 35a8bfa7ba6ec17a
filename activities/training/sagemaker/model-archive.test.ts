import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { packTar, type TarEntry } from 'modern-tar';
import { beforeAll, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { unpackModel } from './model-archive.ts';

const MIB = 1024 * 1024;
let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await temporaryFolder('archive');
});

function entry(
  name: string,
  body: Uint8Array | string = 'model',
  header: Partial<TarEntry['header']> = {},
): TarEntry {
  const size = header.type === undefined ? Buffer.byteLength(body) : 0;
  return { header: { name, size, ...header }, ...(size > 0 && { body }) };
}

async function unpack(bytes: Uint8Array, maxBytes = MIB): Promise<string> {
  const file = join(folder, `model-${files++}`);
  // In small pieces, as a network has it.
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
    bytes.subarray(at * 1000, (at + 1) * 1000),
  );
  await unpackModel(Readable.from(pieces), file, maxBytes);
  return file;
}

const archive = async (...entries: TarEntry[]): Promise<Uint8Array> => gzipSync(await packTar(entries));

describe('unpackModel', () => {
  it('takes the model out from among other files', async () => {
    const model = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
    const bytes = await archive(entry('./notes.txt', 'x'), entry('./xgboost-model', model), entry('z', 'y'));
    expect((await readFile(await unpack(bytes))).equals(model)).toBe(true);
  });

  it.each([
    ['a path upwards', entry('../xgboost-model'), 'leads out'],
    ['a path upwards in the middle', entry('a/../../b'), 'leads out'],
    ['an absolute path', entry('/etc/xgboost-model'), 'leads out'],
    [
      'a symbolic link',
      entry('xgboost-model', '', { type: 'symlink', linkname: '/etc/passwd' }),
      'is a symlink',
    ],
    ['a hard link', entry('xgboost-model', '', { type: 'link', linkname: '/etc/passwd' }), 'is a link'],
    ['a device', entry('null', '', { type: 'character-device' }), 'is a character-device'],
  ])('refuses %s', async (_what, bad, reason) => {
    const bytes = await archive(bad, entry('xgboost-model'));
    await expect(unpack(bytes)).rejects.toMatchObject({
      type: 'InvalidArchive',
      nonRetryable: true,
      message: expect.stringContaining(reason),
    });
  });

  it('refuses an archive without a model, and one with two', async () => {
    await expect(unpack(await archive(entry('xgboost-model-0')))).rejects.toMatchObject({
      message: expect.stringContaining('_kfold'),
    });
    const two = await archive(entry('xgboost-model'), entry('./xgboost-model'));
    await expect(unpack(two)).rejects.toMatchObject({ message: expect.stringContaining('two files') });
  });

  it('refuses what unpacks to more than it may, long before it is unpacked', async () => {
    const bomb = await archive(entry('xgboost-model', Buffer.alloc(64 * MIB)));
    expect(bomb.length).toBeLessThan(MIB / 4);
    await expect(unpack(bomb)).rejects.toMatchObject({
      type: 'InvalidArchive',
      message: expect.stringContaining('unpacked it is larger than 1048576 bytes'),
    });
  });

  it('refuses what is larger than it may be as it comes', async () => {
    const noise = Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7919) % 256));
    const bytes = await archive(entry('xgboost-model', noise));
    await expect(unpack(bytes, 300)).rejects.toMatchObject({
      message: expect.stringContaining('packed it is larger'),
    });
  });

  it('refuses what is no archive, and half of one', async () => {
    await expect(unpack(Buffer.from('no gzip at all'))).rejects.toMatchObject({ type: 'InvalidArchive' });
    const whole = await archive(
      entry('xgboost-model', Buffer.from(Array.from({ length: 9_000 }, (_, at) => at % 253))),
    );
    await expect(unpack(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      type: 'InvalidArchive',
    });
  });
});
