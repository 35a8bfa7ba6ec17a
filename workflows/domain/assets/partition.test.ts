import { describe, expect, it } from 'vitest';

import { formatPartition, parsePartition } from './partition.ts';

const hour = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };

describe('partitions', () => {
  it.each([hour, { ...hour, key: 'eu' }, { ...hour, key: 'a@b/c d' }])('read back as written: %o', (one) => {
    expect(parsePartition(formatPartition(one))).toEqual(one);
  });

  it.each(['', 'eu', '2026-01-01', `${hour.end}/${hour.start}`, 'one/two', `${hour.start}/${hour.end}@`])(
    'are not read from %j',
    (text) => {
      expect(parsePartition(text)).toBeUndefined();
    },
  );
});
