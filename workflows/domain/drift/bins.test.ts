import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOfCell, binsOf, defineBins, fineGrid, type ColumnProfile } from './bins.ts';
import { above, below } from './neighbour.ts';
import { DEFAULT_DRIFT_POLICY as policy } from './policy.ts';

type Numbers = Extract<ColumnProfile, { kind: 'numeric' }>;

function profile(
  values: readonly (readonly [value: number, count: number])[],
  quantiles: readonly number[],
): Numbers {
  const numbers = values.map(([value]) => value);
  return {
    name: 'x',
    kind: 'numeric',
    rows: values.reduce((sum, [, count]) => sum + count, 0),
    values: values.map(([value, count]) => ({ value, count })),
    min: numbers[0] ?? null,
    max: numbers.at(-1) ?? null,
    quantiles,
    grid: fineGrid(numbers, 'values'),
  };
}

/** The label of the bin that a value falls into. */
function labelOf(bins: ReturnType<typeof defineBins>, value: number): string | undefined {
  if (bins.kind !== 'numeric') return undefined;
  const found = bins.grid.findIndex((edge) => value <= edge);
  const cell = found < 0 ? bins.grid.length : found;
  return binsOf(bins)[binOfCell(bins)[cell] ?? -1]?.label;
}

const MANY = Array.from({ length: 30 }, (_, value) => [value, 10] as const);

describe('defineBins', () => {
  it('cuts numbers at the quantiles, the edge in the lower bin, duplicates dropped, ends open', () => {
    const bins = defineBins(profile(MANY, [0, 0, 3, 3, 9.5]), policy);
    expect(binsOf(bins).map(({ label }) => label)).toEqual([
      '≤ 0',
      'above 0, ≤ 3',
      'above 3, ≤ 9.5',
      '> 9.5',
      'missing',
    ]);
    const found = [-1e300, 0, 1e-9, 3, 9.5, 10, Number.POSITIVE_INFINITY].map((value) =>
      labelOf(bins, value),
    );
    expect(found).toEqual(['≤ 0', '≤ 0', 'above 0, ≤ 3', 'above 0, ≤ 3', 'above 3, ≤ 9.5', '> 9.5', '> 9.5']);
  });

  it('leaves no bin above the maximum alone, where most values stand', () => {
    const bins = defineBins(profile(MANY, [29, 29, 29]), policy);
    expect([28, 28.9, 29, 30].map((value) => labelOf(bins, value))).toEqual(['< 29', '< 29', '≥ 29', '≥ 29']);
  });

  it('gives up to twenty values a bin each, the rare ones together, and what is new its own', () => {
    const bins = defineBins(
      profile(
        [
          [0, 990],
          [1, 7],
          [2, 2],
          [5, 1],
        ],
        [],
      ),
      policy,
    );
    expect([0, 1, 2, 5, 3, 0.5, -1, 6].map((value) => labelOf(bins, value))).toEqual([
      '0',
      '1',
      'rare',
      'rare',
      'unseen',
      'unseen',
      'unseen',
      'unseen',
    ]);
  });

  it('cuts into equal widths, and by value beyond twenty, where it is told to', () => {
    const width = defineBins(profile(MANY, []), { ...policy, binning: 'width', bins: 4 });
    expect(width).toMatchObject({ binning: 'width', edges: [7.25, 14.5, 21.75] });
    const values = defineBins(profile(MANY, []), { ...policy, binning: 'values' });
    expect(values).toMatchObject({ binning: 'values', apart: { length: 30 } });
  });

  it('takes edges that it is given', () => {
    const bins = defineBins(profile(MANY, []), policy, [10, 20]);
    expect([10, 11, 21].map((value) => labelOf(bins, value))).toEqual(['≤ 10', 'above 10, ≤ 20', '> 20']);
  });

  it('has one bin for whatever comes where the reference has no value', () => {
    const bins = defineBins(profile([], []), policy);
    expect(binsOf(bins).map(({ label }) => label)).toEqual(['any value', 'missing']);
    expect(labelOf(bins, 5)).toBe('any value');
  });

  it('gives categories a bin each unless they are rare, and keeps all apart at 0', () => {
    const categories = [
      { value: 'a', count: 900 },
      { value: 'b', count: 97 },
      { value: 'c', count: 3 },
    ];
    const column: ColumnProfile = { name: 'x', kind: 'categorical', rows: 1000, categories };
    expect(defineBins(column, policy)).toMatchObject({ apart: ['a', 'b'], rare: ['c'] });
    expect(defineBins(column, { ...policy, rare: 0 })).toMatchObject({ apart: ['a', 'b', 'c'], rare: [] });
    expect(binOfCell(defineBins(column, policy))).toEqual([0, 1, 2, 3]);
  });
});

describe('fineGrid', () => {
  it('gives a value that is there more than once a cell of its own', () => {
    expect(fineGrid([1, 2, 2, 3], 'sample')).toEqual([1, below(2), 2, 3]);
    expect(fineGrid([-0], 'values')).toEqual([-5e-324, 0]);
  });
});

describe('below and above', () => {
  it('are neighbours with nothing between them', () => {
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
    fc.assert(
      fc.property(doubles, (value) => {
        expect(below(value)).toBeLessThan(value);
        expect(above(below(value)) === value).toBe(true);
        const middle = (below(value) + value) / 2;
        expect(middle === value || middle === below(value)).toBe(true);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
