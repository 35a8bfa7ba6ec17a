/** A reference, frozen: bins and their counts for every column. JSON, so that it can be kept with a model version. */
import type { Bins } from './bins.ts';

/** Of the finite values; null where there is none, `std` (of the sample) where there are fewer than two. */
export interface Summary {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly median: number | null;
  readonly std: number | null;
}

export interface ColumnCounts {
  /** NULL and NaN. */
  readonly missing: number;
  /** Numbers that are there and not finite; they lie in the outer cells. */
  readonly infinite: number;
  /** In the cells that the bins define. */
  readonly cells: readonly number[];
  /** Of numbers only. */
  readonly summary?: Summary;
}

export interface Baseline {
  readonly format: 'assay-baseline-1';
  readonly rows: number;
  readonly columns: readonly ColumnBaseline[];
}

export interface ColumnBaseline {
  readonly name: string;
  readonly bins: Bins;
  readonly counts: ColumnCounts;
}

/** The same columns of other rows, counted with the baseline's bins, in the baseline's order. */
export interface CurrentCounts {
  readonly rows: number;
  readonly columns: readonly ColumnCounts[];
}
