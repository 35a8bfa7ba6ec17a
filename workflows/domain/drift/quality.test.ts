import { describe, expect, it } from 'vitest';
import type { ColumnCounts } from './baseline.ts';
import { judgeQuality } from './quality.ts';

function side(missing: number, median: number | null = null, infinite = 0) {
  const summary = { min: null, max: null, mean: null, median, std: null };
  const counts: ColumnCounts = { missing, infinite, cells: [], summary };
  return { rows: 1000, counts };
}

describe('judgeQuality', () => {
  it.each([
    ['missing up by 50 points', side(100), side(600), 'broken'],
    ['missing up by 49 points', side(100), side(590), 'ok'],
    ['missing down by 50 points, which is drift', side(650), side(150), 'ok'],
    ['next to all missing', side(900), side(980), 'broken'],
    ['next to all missing as ever', side(985), side(990), 'ok'],
    ['a unit a hundred times smaller', side(0, 1.7), side(0, 171), 'broken'],
    ['a unit a hundred times larger', side(0, 171), side(0, 1.7), 'broken'],
    ['a unit changed below zero', side(0, -2), side(0, -200), 'broken'],
    ['ten times as much', side(0, 10), side(0, 100), 'ok'],
    ['another sign', side(0, 10), side(0, -1000), 'ok'],
    ['a median of nothing', side(0, 0), side(0, 100), 'ok'],
    ['infinite values that are new', side(0, 1), side(0, 1, 3), 'broken'],
    ['infinite values as ever', side(0, 1, 1), side(0, 1, 3), 'ok'],
  ])('judges %s', (_, reference, current, verdict) => {
    const found = judgeQuality(reference, current, 300);
    expect([found.verdict, found.reasons.length]).toEqual([verdict, verdict === 'broken' ? 1 : 0]);
  });

  it('does not judge too few rows', () => {
    expect(judgeQuality(side(0), { ...side(0), rows: 0 }, 300).verdict).toBe('insufficient_data');
  });
});
