/** What every adapter of the object store must do. `storeSuite(name, createStore)` puts one through it. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import type { ObjectStore } from '../contract.ts';

const WRITERS = 16;
const CONTENDED_KEYS = 20;
/** Above the size where adapters change from one request to several parts. */
const BIG = 24 * 1024 * 1024;

/** @param createStore an empty store of its own for each call */
export function storeSuite(name: string, createStore: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    objects(createStore);
    ranges(createStore);
    listing(createStore);
    contention(createStore);
    files(createStore);
    keys(createStore);
  });
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

async function keysOf(store: ObjectStore, prefix: string, after?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const info of store.list(prefix, after === undefined ? {} : { after })) found.push(info.key);
  return found;
}

function objects(createStore: () => Promise<ObjectStore>): void {
  it('returns what was put, and the newer of two puts', async () => {
    const store = await createStore();
    await store.put('a/b', 'first');
    await store.put('a/b', Buffer.from('second'));
    expect(text(await store.get('a/b'))).toBe('second');
    expect(await store.head('a/b')).toMatchObject({ key: 'a/b', bytes: 6, modifiedAt: expect.any(Date) });
  });

  it('keeps empty objects apart from missing ones', async () => {
    const store = await createStore();
    await store.put('empty', '');
    expect(await store.get('empty')).toHaveLength(0);
    expect(await store.head('nothing')).toBeUndefined();
  });

  it('names the key when an object is missing', async () => {
    const store = await createStore();
    const reads = [store.get('x/y'), store.getRange('x/y', 0, 1), store.stream('x/y'), store.stage('x/y')];
    for (const outcome of await Promise.allSettled(reads)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { type: 'ObjectNotFound' } });
      expect(outcome.status === 'rejected' && String(outcome.reason)).toContain('x/y');
    }
  });

  it('deletes many keys and does not mind those that are gone', async () => {
    const store = await createStore();
    await store.put('d/1', '1');
    await store.put('d/2', '2');
    await store.delete(['d/1', 'd/none', 'd/1']);
    expect(await keysOf(store, 'd/')).toEqual(['d/2']);
  });
}

function ranges(createStore: () => Promise<ObjectStore>): void {
  it('reads ranges from inclusive to exclusive, cut at the end of the object', async () => {
    const store = await createStore();
    await store.put('r', '0123456789');
    const range = async (start: number, end: number): Promise<string> =>
      text(await store.getRange('r', start, end));
    expect(await range(0, 1)).toBe('0');
    expect(await range(3, 7)).toBe('3456');
    expect(await range(8, 100)).toBe('89');
    expect(await range(4, 4)).toBe('');
    expect(await range(10, 20)).toBe('');
  });
}

function listing(createStore: () => Promise<ObjectStore>): void {
  it('lists in the order of UTF-8 bytes, folders and files mixed', async () => {
    const store = await createStore();
    // U+FF5E sorts before U+1F600 in UTF-8 and after it in UTF-16.
    const expected = ['l/a-', 'l/a.txt', 'l/a/1', 'l/a/b/2', 'l/a0', 'l/é', 'l/～', 'l/😀'];
    for (const key of expected.toReversed()) await store.put(key, key);
    await store.put('other', 'x');
    expect(await keysOf(store, 'l/')).toEqual(expected);
    for (const [index, key] of expected.entries()) {
      expect(await keysOf(store, 'l/', key)).toEqual(expected.slice(index + 1));
    }
  });

  it('takes a prefix as text and not as a folder, and `after` as any text', async () => {
    const store = await createStore();
    for (const key of ['p/ab', 'p/abc/d', 'p/b', 'q']) await store.put(key, '');
    expect(await keysOf(store, 'p/ab')).toEqual(['p/ab', 'p/abc/d']);
    expect(await keysOf(store, 'p/', 'p/abc/\u{10FFFF}')).toEqual(['p/b']);
    expect(await keysOf(store, 'none/')).toEqual([]);
    expect(await keysOf(store, '')).toEqual(['p/ab', 'p/abc/d', 'p/b', 'q']);
  });

  it('lists more than one page completely and once', async () => {
    const store = await createStore();
    const expected = Array.from({ length: 1_100 }, (_, index) => `many/${String(index).padStart(6, '0')}`);
    for (let at = 0; at < expected.length; at += 50) {
      await Promise.all(expected.slice(at, at + 50).map((key) => store.put(key, '')));
    }
    expect(await keysOf(store, 'many/')).toEqual(expected);
  });
}

function contention(createStore: () => Promise<ObjectStore>): void {
  it('lets exactly one of sixteen writers create a key', async () => {
    const store = await createStore();
    for (let round = 0; round < CONTENDED_KEYS; round++) {
      const key = `race/${round}`;
      const writers = Array.from({ length: WRITERS }, (_, writer) => writer);
      const won = await Promise.all(writers.map((writer) => store.putIfAbsent(key, `writer ${writer}`)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(text(await store.get(key))).toBe(`writer ${won.indexOf(true)}`);
      expect(await store.putIfAbsent(key, 'late')).toBe(false);
    }
    expect(await keysOf(store, '')).toHaveLength(CONTENDED_KEYS);
  });

  it('shows a replaced object whole, old or new, to those who read meanwhile', async () => {
    const store = await createStore();
    const bodies = ['a'.repeat(200_000), 'b'.repeat(300_000)];
    await store.put('whole', bodies[0] ?? '');
    const write = async (): Promise<void> => {
      for (let turn = 1; turn <= 20; turn++) await store.put('whole', bodies[turn % 2] ?? '');
    };
    const read = async (): Promise<void> => {
      for (let turn = 0; turn < 40; turn++) expect(bodies).toContain(text(await store.get('whole')));
    };
    await Promise.all([write(), read(), read()]);
  });
}

function files(createStore: () => Promise<ObjectStore>): void {
  let folder = '';
  beforeAll(async () => {
    folder = await temporaryFolder('store-suite');
  });

  it('uploads a big file, streams it back and stages it unchanged', async () => {
    const store = await createStore();
    const file = join(folder, 'big.bin');
    await writeFile(file, randomBytes(BIG));
    const digest = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    await store.upload('big/one.bin', file);
    const hash = createHash('sha256');
    for await (const chunk of await store.stream('big/one.bin')) hash.update(chunk as Uint8Array);
    expect(hash.digest('hex')).toBe(digest);
    const staged = await readFile(await store.stage('big/one.bin'));
    expect(createHash('sha256').update(staged).digest('hex')).toBe(digest);
    expect((await store.head('big/one.bin'))?.bytes).toBe(BIG);
  });

  it('keeps the object when the uploaded file changes or goes away', async () => {
    const store = await createStore();
    const file = join(folder, 'changing.txt');
    await writeFile(file, 'as uploaded');
    await store.upload('kept', file);
    await writeFile(file, 'changed');
    await rm(file);
    expect(text(await store.get('kept'))).toBe('as uploaded');
  });
}

function keys(createStore: () => Promise<ObjectStore>): void {
  it('takes keys with spaces, percent signs and any script', async () => {
    const store = await createStore();
    const odd = ['k/a b', 'k/a%20b', 'k/month=2020-01', 'k/ключ', 'k/数据'];
    for (const key of odd) await store.put(key, key);
    expect(await keysOf(store, 'k/')).toEqual(odd);
    for (const key of odd) expect(text(await store.get(key))).toBe(key);
  });

  it.each([
    '',
    '/etc/passwd',
    '../up',
    'a/../../up',
    'a//b',
    'a/./b',
    'a/',
    'a\\b',
    'a\0b',
    'x'.repeat(1025),
  ])('refuses %j as a key', async (key) => {
    const store = await createStore();
    await expect(store.put(key, 'x')).rejects.toMatchObject({ type: 'InvalidKey' });
    await expect(store.get(key)).rejects.toMatchObject({ type: 'InvalidKey' });
  });
}
