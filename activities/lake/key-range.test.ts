import { describe, expect, it } from 'vitest';

import type { Snapshot } from './contract.ts';
import { intervalsThatMayHold } from './key-range.ts';

const column = 'id';
const file = (interval: string, min?: unknown, max?: unknown): Snapshot['files'][number] => ({
  path: 'p',
  bytes: 1,
  rows: 1,
  partition: { _interval: interval },
  min: min === undefined ? {} : { id: min },
  max: max === undefined ? {} : { id: max },
  nullCount: {},
});
const holding = (files: Snapshot['files'], min: unknown, max: unknown): string[] => [
  ...intervalsThatMayHold({ files } as Snapshot, { column, min, max }),
];

describe('intervalsThatMayHold', () => {
  it('passes over intervals whose keys all lie below or above', () => {
    const files = [file('a', 1, 9), file('b', 10, 19), file('c', 20, 29), file('d', 30, 39)];
    expect(holding(files, 15, 20)).toEqual(['b', 'c']);
    expect(holding(files, 19, 19)).toEqual(['b']);
    expect(holding(files, 40, 50)).toEqual([]);
  });

  it('takes an interval for the one file of it that may hold a key', () => {
    expect(holding([file('a', 1, 9), file('a', 100, 109), file('b', 1, 9)], 105, 200)).toEqual(['a']);
  });

  it('takes whatever the statistics are silent about, or tell in another type', () => {
    expect(holding([file('a'), file('b', 'x', 'y'), file('c', 1, 2)], 10n, 11n)).toEqual(['a', 'b', 'c']);
  });

  it('orders texts by their bytes and not by their UTF-16 units', () => {
    // U+FF5E comes after the surrogates of U+1F600 by units, and before it by bytes.
    expect(holding([file('a', '\uFF5E', '\uFF5E')], '\u{1F600}', '\u{1F600}')).toEqual([]);
    expect(holding([file('a', '\uFF5E', '\u{1F600}')], '\u{1F5FF}', '\u{1F5FF}')).toEqual(['a']);
  });
});
