import { chmod, mkdir, readFile, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { attempt, runAttempt } from '../../attempt.ts';
import { createStageCache } from './stage-cache.ts';
import type { CachedObject, StageCache } from './stage-cache.ts';

let folder: string;
let downloads: string[];

beforeEach(async () => {
  folder = await temporaryFolder('stage');
  downloads = [];
});

function cacheOf(process: string, bytes = 100): StageCache {
  return createStageCache({ folder, bytes, process, sweep: async () => undefined });
}

const object = (name: string, bytes = 40): CachedObject => ({ name, bytes });
/** A content that tells which object it is. */
const contentOf = ({ name, bytes }: CachedObject): string => name.padEnd(bytes, '.');

function open(cache: StageCache, wanted: CachedObject): Promise<string> {
  return cache.open(wanted, async (file) => {
    downloads.push(wanted.name);
    await writeFile(file, contentOf(wanted), { flag: 'wx' });
  });
}

/** Opens it in a try of its own, which then ends. */
async function use(cache: StageCache, wanted: CachedObject): Promise<string> {
  return inTry(async () => readFile(await open(cache, wanted), 'utf8'));
}

function inTry<T>(body: () => Promise<T>): Promise<T> {
  return runAttempt({ ...attempt(), signal: new AbortController().signal }, body);
}

const cached = async (): Promise<string[]> => (await readdir(join(folder, 'objects'))).toSorted();

/** What a process has open or half downloaded. */
async function held(process: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'processes', process), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('a cache of staged objects', () => {
  it('downloads an object once for all tasks and processes', async () => {
    const [one, other] = [cacheOf('1'), cacheOf('2')];
    const contents = await Promise.all([use(one, object('a')), use(one, object('a')), use(one, object('a'))]);
    expect(contents).toEqual(Array(3).fill(contentOf(object('a'))));
    expect(await use(other, object('a'))).toBe(contentOf(object('a')));
    expect(downloads).toEqual(['a']);
  });

  it('evicts what has not been used for longest, and stays within its bound', async () => {
    const cache = cacheOf('1');
    await use(cache, object('a'));
    await use(cache, object('b'));
    await use(cache, object('a'));
    await use(cache, object('c'));
    expect(await cached()).toEqual(['a', 'c']);
  });

  it('spares what a task of any process is using, until its try ends', async () => {
    const [one, other] = [cacheOf('1'), cacheOf('2')];
    await inTry(async () => {
      const path = await open(one, object('a'));
      await use(other, object('b'));
      await use(other, object('c'));
      expect(await cached()).toEqual(['a', 'c']);
      expect(await readFile(path, 'utf8')).toBe(contentOf(object('a')));
    });
    await use(other, object('b'));
    await use(other, object('d'));
    expect(await cached()).toEqual(['b', 'd']);
  });

  it('keeps an object as long as one of several tries has it open', async () => {
    const cache = cacheOf('1');
    await inTry(async () => {
      const path = await open(cache, object('a'));
      await use(cache, object('a'));
      await use(cache, object('b', 60));
      await use(cache, object('c', 60));
      expect(await readFile(path, 'utf8')).toBe(contentOf(object('a')));
    });
    expect(await held('1')).toEqual([]);
  });

  it('says how much it may hold when everything is in use, and lets the task try again', async () => {
    const cache = cacheOf('1');
    await inTry(async () => {
      await open(cache, object('a'));
      await open(cache, object('b'));
      await expect(open(cache, object('c'))).rejects.toMatchObject({
        type: 'StageCacheFull',
        nonRetryable: false,
      });
    });
    await use(cache, object('c'));
    await expect(use(cache, object('huge', 101))).rejects.toMatchObject({ nonRetryable: true });
    expect(downloads).toEqual(['a', 'b', 'c']);
  });

  it('counts what is being downloaded, so that two downloads together keep the bound', async () => {
    // Many pairs at a time: what goes wrong between two steps does so seldom.
    const pairs = Array.from({ length: 200 }, async (_, at) => {
      const cache = createStageCache({
        folder: join(folder, `pair-${at}`),
        bytes: 100,
        process: '1',
        sweep: async () => undefined,
      });
      const both = await Promise.allSettled([open(cache, object('a', 60)), open(cache, object('b', 60))]);
      return both.map(({ status }) => status).toSorted();
    });
    for (const both of await Promise.all(pairs)) expect(both).toEqual(['fulfilled', 'rejected']);
  });

  it('never serves half an object, neither after a failed download nor after damage', async () => {
    const cache = cacheOf('1');
    const broken = cache.open(object('a'), async (file) => {
      await writeFile(file, 'half');
      throw new Error('the connection broke');
    });
    await expect(broken).rejects.toThrow('the connection broke');
    await expect(cache.open(object('a'), (file) => writeFile(file, 'short'))).rejects.toThrow(
      'instead of 40',
    );
    expect(await cached()).toEqual([]);
    expect(await held('1')).toEqual([]);
    await use(cache, object('a'));
    const path = join(folder, 'objects', 'a');
    await chmod(path, 0o644);
    await truncate(path, 3);
    expect(await use(cache, object('a'))).toBe(contentOf(object('a')));
  });

  it('has the folders of ended processes removed before its first use, and counts what is left of others', async () => {
    const others = join(folder, 'processes', 'another');
    await mkdir(others, { recursive: true });
    await writeFile(join(others, 'left.partial'), 'x'.repeat(70));
    await expect(use(cacheOf('1'), object('a'))).rejects.toMatchObject({ type: 'StageCacheFull' });
    const sweep = (processes: string): Promise<void> => rm(join(processes, 'another'), { recursive: true });
    const cache = createStageCache({ folder, bytes: 100, process: '1', sweep });
    expect(await use(cache, object('a'))).toBe(contentOf(object('a')));
  });

  it('removes what an earlier process of the same name has left, and nothing of its own process', async () => {
    const sibling = cacheOf('1');
    const path = await open(sibling, object('a'));
    const earlier = join(folder, 'processes', '1', 'earlier');
    await mkdir(earlier);
    await writeFile(join(earlier, 'left.partial'), 'x'.repeat(70));
    await utimes(earlier, 1, 1);
    await use(cacheOf('1'), object('b'));
    expect(await held('1')).toEqual(['a']);
    expect(await readFile(path, 'utf8')).toBe(contentOf(object('a')));
  });
});
