import { describe, expect, it } from 'vitest';
import type { Baseline, ColumnCounts } from './baseline.ts';
import { defineBins, fineGrid, type ColumnProfile } from './bins.ts';
import { compareWithBaseline, type ColumnDrift } from './compare.ts';
import { DEFAULT_DRIFT_POLICY as policy } from './policy.ts';
import { simulatedColumns } from './testing/windows.ts';

type Counts = Readonly<Record<string, number>>;

/** A column of categories; what is missing is counted under ''. */
function compareCategories(reference: Counts, current: Counts, minRows = policy.minRows): ColumnDrift {
  const rows = total(reference);
  const categories = Object.entries(reference)
    .filter(([value]) => value !== '')
    .map(([value, count]) => ({ value, count }));
  const bins = defineBins({ name: 'x', kind: 'categorical', rows, categories }, policy);
  const known = bins.kind === 'categorical' ? [...bins.apart, ...bins.rare] : [];
  const counts = (side: Counts): ColumnCounts => {
    const cells = known.map((value) => side[value] ?? 0);
    const missing = side[''] ?? 0;
    return { missing, infinite: 0, cells: [...cells, total(side) - missing - total(cells)] };
  };
  const baseline: Baseline = {
    format: 'assay-baseline-1',
    rows,
    columns: [{ name: 'x', bins, counts: counts(reference) }],
  };
  const report = compareWithBaseline(
    baseline,
    { rows: total(current), columns: [counts(current)] },
    { ...policy, minRows },
  );
  return report.columns[0]!;
}

function total(counts: Counts | readonly number[]): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

describe('compareWithBaseline', () => {
  it.each<[string, Counts, Counts, Partial<ColumnDrift>]>([
    ['the same', { a: 500, b: 500 }, { a: 600, b: 600 }, { verdict: 'ok', psi: 0 }],
    ['a constant that stays', { a: 500 }, { a: 700 }, { verdict: 'ok', psi: 0, psiCritical: 0 }],
    [
      'a constant that changes',
      { a: 500 },
      { b: 500 },
      { verdict: 'alarm', psi: expect.closeTo(18.4188, 3) },
    ],
    ['a shift worth a look', { a: 500, b: 500 }, { a: 670, b: 330 }, { verdict: 'warn' }],
    ['a large shift', { a: 500, b: 500 }, { a: 800, b: 200 }, { verdict: 'alarm' }],
    ['a certain but small shift', { a: 5e6, b: 5e6 }, { a: 52e5, b: 48e5 }, { verdict: 'ok' }],
    ['an unseen category', { a: 500, b: 500 }, { a: 400, b: 400, c: 200 }, { verdict: 'alarm' }],
    ['all missing now', { a: 500, b: 500 }, { '': 1000 }, { verdict: 'alarm' }],
    ['missing in both', { '': 1000 }, { '': 1000 }, { verdict: 'insufficient_data', psi: 0 }],
    ['values where there were none', { '': 1000 }, { a: 1000 }, { verdict: 'alarm' }],
    ['less missing, which is drift', { a: 400, '': 600 }, { a: 900, '': 100 }, { verdict: 'alarm' }],
    ['too few rows', { a: 500, b: 500 }, { a: 299 }, { verdict: 'insufficient_data' }],
    ['no rows', { a: 500, b: 500 }, {}, { verdict: 'insufficient_data', psi: null, chiSquare: null }],
    ['no reference', {}, { a: 500 }, { verdict: 'insufficient_data', psi: null }],
  ])('judges %s', (_, reference, current, expected) => {
    expect(compareCategories(reference, current)).toMatchObject(expected);
  });

  it('does not judge more bins than the rows can tell apart', () => {
    const even = (each: number): Counts =>
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, each]));
    expect(compareCategories(even(10), even(10))).toMatchObject({
      verdict: 'insufficient_data',
      reason: expect.stringContaining('chance alone'),
    });
    expect(compareCategories(even(100), even(100))).toMatchObject({ verdict: 'ok' });
  });

  it('lets a column of values that never repeat be new every time', () => {
    const ids = (from: number): Counts =>
      Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`id${from + index}`, 1]));
    expect(compareCategories(ids(0), ids(400))).toMatchObject({
      verdict: 'ok',
      psi: 0,
      unseen: { reference: 1, current: 1 },
    });
  });

  it('counts a repeated rare value as known, and a single one as news', () => {
    const found = compareCategories({ a: 995, b: 3, c: 1, d: 1 }, { a: 1000 });
    expect(found.bins).toMatchObject([
      { kind: 'value', label: 'a', counts: { reference: 995, current: 1000 } },
      { kind: 'rare', counts: { reference: 3, current: 0 } },
      { kind: 'unseen', counts: { reference: 2, current: 0 } },
    ]);
  });

  it('sees a number move below and above a constant, and infinities as never seen', () => {
    const constant: ColumnProfile = {
      name: 'x',
      kind: 'numeric',
      rows: 500,
      values: [{ value: 7, count: 500 }],
      min: 7,
      max: 7,
      quantiles: Array<number>(9).fill(7),
      grid: fineGrid([7], 'values'),
    };
    const bins = defineBins(constant, policy);
    const counts = (cells: number[], infinite = 0): ColumnCounts => ({ missing: 0, infinite, cells });
    const baseline: Baseline = {
      format: 'assay-baseline-1',
      rows: 500,
      columns: [{ name: 'x', bins, counts: counts([0, 500, 0]) }],
    };
    const verdicts = [
      counts([0, 500, 0]),
      counts([500, 0, 0]),
      counts([0, 0, 500]),
      counts([0, 0, 500], 500),
    ].map((current) => {
      const [column] = compareWithBaseline(baseline, { rows: 500, columns: [current] }, policy).columns;
      return [column?.verdict, column?.quality.verdict];
    });
    expect(verdicts).toEqual([
      ['ok', 'ok'],
      ['alarm', 'ok'],
      ['alarm', 'ok'],
      ['alarm', 'broken'],
    ]);
  });

  it('is as bad as its worst column, and not fine while one could not be judged', () => {
    const columns = simulatedColumns(3, 1000, 'worst').map(({ baseline }) => baseline);
    const baseline: Baseline = { format: 'assay-baseline-1', rows: 1000, columns };
    const same = columns.map(({ counts }) => counts);
    const dead = { missing: 1000, infinite: 0, cells: [] };
    expect(compareWithBaseline(baseline, { rows: 1000, columns: same }, policy).verdict).toBe('ok');
    const broken = compareWithBaseline(baseline, { rows: 1000, columns: [dead, ...same.slice(1)] }, policy);
    expect([broken.verdict, broken.quality]).toEqual(['alarm', 'broken']);
    expect(compareWithBaseline(baseline, { rows: 0, columns: same }, policy).verdict).toBe(
      'insufficient_data',
    );
    const noColumns = { ...baseline, columns: [] };
    expect(compareWithBaseline(noColumns, { rows: 1000, columns: [] }, policy).verdict).toBe(
      'insufficient_data',
    );
  });

  it('refuses to judge a column that was not counted', () => {
    const [column] = simulatedColumns(1, 500, 'refused');
    const baseline: Baseline = {
      format: 'assay-baseline-1',
      rows: 500,
      columns: column ? [column.baseline] : [],
    };
    expect(() => compareWithBaseline(baseline, { rows: 500, columns: [] }, policy)).toThrow(
      'was not counted',
    );
  });
});

describe('windows without drift', () => {
  const FEATURES = 140;
  const REFERENCE_ROWS = 10_000;
  const SIZES = [300, 300, 500, 500, 1_000, 1_000, 2_000, 10_000];
  const WINDOWS = 200;

  it('alarm in at most one of a hundred and warn in at most one of a hundred, at any number of features', () => {
    let quiet = 0;
    const seen = { alarm: new Map<number, number>(), warn: new Map<number, number>() };
    for (let window = 0; window < WINDOWS; window += 1) {
      const rows = SIZES[window % SIZES.length] ?? 300;
      const columns = referenceOf(Math.floor(window / 50));
      const verdicts = columns.map((column) =>
        judged(column.baseline, REFERENCE_ROWS, column.draw(rows), rows),
      );
      quiet += verdicts.filter((verdict) => verdict === 'ok').length;
      for (const features of [10, 50, FEATURES]) {
        const some = new Set(verdicts.slice(0, features));
        for (const verdict of ['alarm', 'warn'] as const) {
          if (some.has(verdict)) seen[verdict].set(features, (seen[verdict].get(features) ?? 0) + 1);
        }
      }
    }
    // Most columns are judged, even where windows are small.
    expect(quiet).toBeGreaterThan((WINDOWS * FEATURES) / 2);
    for (const windows of [...seen.alarm.values(), ...seen.warn.values()]) {
      expect(windows).toBeLessThanOrEqual(WINDOWS / 100);
    }
  });

  it('of thirty rows are never judged', () => {
    const verdicts = referenceOf(0).map((column) =>
      judged(column.baseline, REFERENCE_ROWS, column.draw(30), 30),
    );
    expect(new Set(verdicts)).toEqual(new Set(['insufficient_data']));
  });

  const references = new Map<number, ReturnType<typeof simulatedColumns>>();
  function referenceOf(index: number): ReturnType<typeof simulatedColumns> {
    const known = references.get(index) ?? simulatedColumns(FEATURES, REFERENCE_ROWS, `reference ${index}`);
    references.set(index, known);
    return known;
  }
});

function judged(
  column: Baseline['columns'][number],
  referenceRows: number,
  current: ColumnCounts,
  rows: number,
): ColumnDrift['verdict'] | undefined {
  const baseline: Baseline = { format: 'assay-baseline-1', rows: referenceRows, columns: [column] };
  return compareWithBaseline(baseline, { rows, columns: [current] }, policy).columns[0]?.verdict;
}
