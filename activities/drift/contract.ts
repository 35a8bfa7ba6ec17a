/** Drift over files and views: what SQL counts of them, for the pure judge. */
import type { DriftReport } from '../../workflows/domain/drift/compare.ts';
import type { ColumnKind } from '../../workflows/domain/drift/bins.ts';
import type { DriftPolicy } from '../../workflows/domain/drift/policy.ts';

/** A column of a view: `numeric` ones are DOUBLE without NaN, `categorical` ones VARCHAR; missing is NULL. */
export interface DriftColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface CompareOptions {
  readonly policy: DriftPolicy;
  /** Of the reference, all by default. */
  readonly columns?: readonly string[];
  /** Instead of what the reference's types and values say. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Ascending inner edges, instead of those that the policy would find. */
  readonly edges?: Readonly<Record<string, readonly number[]>>;
  /** Texts that stand for a missing value. */
  readonly missing?: readonly string[];
}

export interface FileComparison extends DriftReport {
  /** Columns of the current file alone; they were not judged. */
  readonly extraColumns: readonly string[];
}

/**
 * CSV (plain or gzip) or Parquet files, by the ends of their names.
 * @throws UnreadableFile, MissingColumn, MistypedColumn, InvalidOptions
 */
export type CompareFiles = (
  reference: string,
  current: string,
  options: CompareOptions,
) => Promise<FileComparison>;
