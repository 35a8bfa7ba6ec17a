/**
 * Bins, made from the reference alone and frozen: what is new must fall somewhere, so numbers have open
 * ends, and missing, rare and never-seen values have bins of their own.
 */
import { above, below } from './neighbour.ts';
import type { DriftPolicy } from './policy.ts';

export type ColumnKind = 'numeric' | 'categorical';

/**
 * Numbers are counted in cells, cell `i` being `(grid[i − 1], grid[i]]` with open ends; a bin is a run of
 * cells. The cells are finer than the bins, for the Kolmogorov-Smirnov test and the quantiles.
 */
export type Bins =
  | {
      readonly kind: 'numeric';
      readonly binning: 'quantile' | 'width' | 'edges';
      readonly grid: readonly number[];
      /** Ascending, all in the grid; an edge belongs to the bin that it closes. */
      readonly edges: readonly number[];
    }
  | {
      readonly kind: 'numeric';
      readonly binning: 'values';
      readonly grid: readonly number[];
      /** Values with a bin each. */
      readonly apart: readonly number[];
    }
  | {
      readonly kind: 'categorical';
      readonly binning: 'categories';
      /** Categories with a bin each; cells are these, then `rare`, then whatever is neither. */
      readonly apart: readonly string[];
      readonly rare: readonly string[];
    };

/** What SQL found out about a column of the reference. Infinite values count as rows and nowhere else. */
export type ColumnProfile =
  | {
      readonly name: string;
      readonly kind: 'numeric';
      readonly rows: number;
      /** Ascending, with their counts; absent where there are more than `MAX_VALUES`. */
      readonly values?: readonly { readonly value: number; readonly count: number }[];
      readonly min: number | null;
      readonly max: number | null;
      /** At 1/b, 2/b, … of the finite values, by linear interpolation. */
      readonly quantiles: readonly number[];
      /** Of `fineGrid`. */
      readonly grid: readonly number[];
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      readonly rows: number;
      /** The most frequent first. */
      readonly categories: readonly { readonly value: string; readonly count: number }[];
    };

/** @param edges instead of those that the policy would find */
export function defineBins(profile: ColumnProfile, policy: DriftPolicy, edges?: readonly number[]): Bins {
  const isApart = ({ count }: { readonly count: number }): boolean => count >= policy.rare * profile.rows;
  if (profile.kind === 'categorical') {
    return {
      kind: 'categorical',
      binning: 'categories',
      apart: profile.categories.filter(isApart).map(({ value }) => value),
      rare: profile.categories.filter((category) => !isApart(category)).map(({ value }) => value),
    };
  }
  const { values, grid } = profile;
  if (edges) return ranges('edges', ascending(edges), grid);
  if (values && values.length > 0 && (policy.binning === 'values' || values.length <= policy.maxValues)) {
    const apart = values.filter(isApart).map(({ value }) => value);
    return { kind: 'numeric', binning: 'values', grid, apart };
  }
  if (policy.binning === 'width') return ranges('width', equalWidths(profile, policy.bins), grid);
  return ranges('quantile', withoutEmptyTop(profile), grid);
}

/**
 * Where cells end: a cell for each value and for each gap, where all values are known; else at the
 * quantiles of a sample, where a value that is there more than once gets a cell of its own.
 * @param numbers ascending
 */
export function fineGrid(numbers: readonly number[], kind: 'values' | 'sample'): number[] {
  const isPoint = (index: number): boolean => kind === 'values' || numbers[index] === numbers[index - 1];
  return ascending(numbers.flatMap((value, index) => (isPoint(index) ? point(value) : [value])));
}

type BinKind = 'range' | 'value' | 'rare' | 'unseen' | 'missing';

export interface Bin {
  readonly kind: BinKind;
  readonly label: string;
}

/** In the order in which `binOfCell` numbers them; `missing` is the last. */
export function binsOf(bins: Bins): readonly Bin[] {
  if (bins.binning === 'values' || bins.binning === 'categories') {
    return [
      ...bins.apart.map((value): Bin => ({ kind: 'value', label: String(value) })),
      { kind: 'rare', label: 'rare' },
      { kind: 'unseen', label: 'unseen' },
      { kind: 'missing', label: 'missing' },
    ];
  }
  const { edges } = bins;
  const ranged = [undefined, ...edges].map((low, index): Bin => ({
    kind: 'range',
    label: rangeLabel(low, edges[index]),
  }));
  return [...ranged, { kind: 'missing', label: 'missing' }];
}

export function cellCount(bins: Bins): number {
  return (bins.kind === 'numeric' ? bins.grid.length : bins.apart.length + bins.rare.length) + 1;
}

/** For each cell the number of its bin. */
export function binOfCell(bins: Bins): readonly number[] {
  const cells = Array.from({ length: cellCount(bins) }, (_, cell) => cell);
  if (bins.binning === 'categories') {
    const [rare, unseen] = [bins.apart.length, bins.apart.length + 1];
    return cells.map((cell) => (cell < rare ? cell : cell < cells.length - 1 ? rare : unseen));
  }
  if (bins.binning === 'values') return cells.map((cell) => valueBin(bins.grid, bins.apart, cell));
  return cells.map((cell) => {
    const low = bins.grid[cell - 1];
    return low === undefined ? 0 : bins.edges.filter((edge) => edge <= low).length;
  });
}

/** A cell that holds one value only is either apart or rare; the gaps between are what was never seen. */
function valueBin(grid: readonly number[], apart: readonly number[], cell: number): number {
  const value = cellValue(grid, cell);
  if (value === undefined) return apart.length + 1;
  const index = apart.indexOf(value);
  return index < 0 ? apart.length : index;
}

/** The one value of a cell, where it has no room for two. */
export function cellValue(grid: readonly number[], cell: number): number | undefined {
  const [low, high] = [grid[cell - 1], grid[cell]];
  return low !== undefined && high !== undefined && low === below(high) ? high : undefined;
}

function ranges(
  binning: 'quantile' | 'width' | 'edges',
  edges: readonly number[],
  fine: readonly number[],
): Bins {
  return { kind: 'numeric', binning, edges, grid: ascending([...fine, ...edges]) };
}

/** An edge at the maximum would leave the bin above it empty for ever, and hide what lies below. */
function withoutEmptyTop({ quantiles, max }: Extract<ColumnProfile, { kind: 'numeric' }>): number[] {
  return ascending(quantiles.map((edge) => (max !== null && edge >= max ? below(max) : edge)));
}

function equalWidths({ min, max }: Extract<ColumnProfile, { kind: 'numeric' }>, bins: number): number[] {
  if (min === null || max === null) return [];
  const edges = Array.from({ length: bins - 1 }, (_, index) => {
    const share = (index + 1) / bins;
    return min * (1 - share) + max * share;
  });
  return ascending(edges);
}

function point(value: number): [number, number] {
  return [below(value), value];
}

function ascending(numbers: readonly number[]): number[] {
  // Adding 0 makes a plain zero of −0, which a set and a sort tell apart from it.
  return [...new Set(numbers.map((number) => number + 0))].toSorted((a, b) => a - b);
}

function rangeLabel(low: number | undefined, high: number | undefined): string {
  if (low === undefined && high === undefined) return 'any value';
  if (low === undefined) return upTo(high ?? Number.NaN);
  if (high === undefined) return isBelow(low) ? `≥ ${shown(above(low))}` : `> ${shown(low)}`;
  return `${isBelow(low) ? `${shown(above(low))} to` : `above ${shown(low)},`} ${upTo(high)}`;
}

function upTo(edge: number): string {
  return isBelow(edge) ? `< ${shown(above(edge))}` : `≤ ${shown(edge)}`;
}

/** Whether an edge is only there to say "below the next number", which is far shorter to write. */
function isBelow(edge: number): boolean {
  return String(above(edge)).length + 4 < String(edge).length;
}

/** Without the noise of the last bits that interpolation leaves. */
function shown(edge: number): string {
  return String(Number(edge.toPrecision(12)));
}
