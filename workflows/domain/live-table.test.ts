import { describe, expect, test } from 'vitest';
import { liveRow, liveTable, type LiveRow } from './live-table.ts';

const row: LiveRow = {
  name: 'silver',
  state: 'success',
  tries: 1,
  startedAt: '2026-01-01T10:00:00.000Z',
  endedAt: '2026-01-01T10:03:20.000Z',
  fromMemo: false,
};

describe('liveTable', () => {
  test('shows state, tries, start, duration and reason', () => {
    const failed: LiveRow = {
      ...row,
      name: 'gold',
      state: 'failed',
      error: { type: 'Bad|Sum', message: 'no\nluck' },
    };
    expect(liveTable('a run', [row, failed].map(liveRow)).split('\n').slice(4, 6)).toEqual([
      '| silver\u00a0\u00a0 | ✓ success\u00a0\u00a0 | 1\u00a0\u00a0 | 10:00:00\u00a0\u00a0 | 3 min 20 s\u00a0\u00a0 |  |',
      '| gold\u00a0\u00a0 | ✗ failed\u00a0\u00a0 | 1\u00a0\u00a0 | 10:00:00\u00a0\u00a0 | 3 min 20 s\u00a0\u00a0 | Bad\\|Sum: no luck |',
    ]);
  });

  test('sums up the items of a map', () => {
    const table = liveRow({ ...row, state: 'running', items: { success: 3, running: 2 } });
    expect(table).toContain('▶ running (3 success, 2 running)');
  });

  test('says nothing of states that no item is in', () => {
    const table = liveRow({ ...row, items: { scheduled: 0, running: 0, success: 6 } });
    expect(table).toContain('✓ success (6 success)');
  });

  test('says of a task that is held that it is, and not that it waits', () => {
    const held = { until: '2026-01-01T10:00:00.000Z' };
    const error = { type: 'Broken', message: 'no luck' };
    const table = liveRow({ ...row, name: 'gold', state: 'deferred', held, error });
    expect(table).toMatch(/gold.*✗ held until 2026-01-01 10:00.*Broken: no luck/);
    expect(table).not.toContain('deferred');
  });

  test('stays within the limit of the Web UI, newest tasks first', () => {
    const rows = Array.from({ length: 5000 }, (_, at) => ({ ...row, name: `täsk-${at}` }));
    const table = liveTable('a run', rows.map(liveRow));
    expect(new TextEncoder().encode(table).length).toBeLessThanOrEqual(20_000);
    expect(table).toContain('täsk-4999');
    expect(table).toMatch(/… \d+ earlier tasks/);
  });
});
