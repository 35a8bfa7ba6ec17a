/** The spec of an ML project: everything about it that is data and not code. Written in `pipelines/<name>/project.ts`. */

import type { DriftPolicy } from './drift/policy.ts';
import type { GovernancePolicy } from './governance/policy.ts';

/**
 * Text column of every table of a project, and what they are partitioned by: the start of the row's
 * interval, RFC 3339 in UTC to the second, so that its order as text is the order of time.
 */
export const INTERVAL_COLUMN = '_interval';

export interface SourceSpec {
  /** Header of the files, in order. */
  readonly columns: readonly string[];
  /** What the source writes for a missing value. */
  readonly nullText: string;
  /** The row's identity. */
  readonly key: string;
  /** Whom a row is about; rows of one entity never stand on both sides of a split. */
  readonly entity: string;
  /** Columns that must parse as integers, for uploads as for silver. */
  readonly integers: readonly string[];
  /** The column that the label is made from; a file that is only to be scored may come without it. */
  readonly label?: string;
}

/** Lake tables `<layer>/<name>`; all but `predictions` and `monitoring` are written by the medallion. */
export interface TableNames {
  readonly bronze: string;
  readonly rejects: string;
  readonly silver: string;
  readonly quarantine: string;
  /** Key, entity, interval, slice columns and every feature. */
  readonly features: string;
  /** Key, entity, interval, the label (0 or 1) and `known_on`, the date from which it may be used. */
  readonly labels: string;
  /** Key, entity, interval and the rule that kept the row from being scored or learnt from. */
  readonly excluded: string;
  readonly predictions: string;
  /** Every measure of every interval that was monitored. */
  readonly monitoring: string;
}

interface ContractBase {
  readonly name: string;
  readonly severity: 'warn' | 'fail';
  readonly layer: 'bronze' | 'silver' | 'gold';
  /** One of the project's table names, as `TableNames` keys them. */
  readonly table: keyof TableNames;
}

export type Contract = ContractBase &
  (
    | { readonly check: 'not-null' | 'unique'; readonly columns: readonly string[] }
    | {
        readonly check: 'accepted-values';
        readonly column: string;
        readonly values: readonly (string | number)[];
      }
    | { readonly check: 'range'; readonly column: string; readonly min?: number; readonly max?: number }
    | { readonly check: 'row-count'; readonly min?: number; readonly max?: number }
    | { readonly check: 'null-share'; readonly column: string; readonly max: number }
    | { readonly check: 'freshness'; readonly column: string; readonly maxAgeHours: number }
    | {
        readonly check: 'reference';
        readonly column: string;
        readonly toTable: keyof TableNames;
        readonly toColumn: string;
      }
    /** A SELECT of the keys of failing rows; it sees the project's tables as views. */
    | { readonly check: 'sql'; readonly sql: string }
  );

/**
 * One SELECT of a layer, read from a file of the project. Later ones of the layer, and of gold those of
 * silver, read it by its name; one that has the name of a table of its layer is written to that table.
 */
export interface Transform {
  readonly name: string;
  readonly sql: string;
  /** A view is worked out where it is read, a table once for the session: only for what is narrow or rare. */
  readonly materialized: 'view' | 'table';
}

export interface FeatureSpec {
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
  /** Categories rarer than this share of the training rows become `other`. */
  readonly rareShare: number;
}

interface LabelSpec {
  readonly column: string;
  /** A label is known this many days after the end of its interval. */
  readonly horizonDays: number;
}

export type Range =
  | { readonly values: readonly (number | string)[] }
  | { readonly min: number; readonly max: number; readonly scale: 'linear' | 'log' | 'integer' };

export interface FamilySpec {
  readonly trials: number;
  readonly rounds: number;
  readonly earlyStoppingRounds?: number;
  readonly fixed: Readonly<Record<string, string>>;
  readonly search: Readonly<Record<string, Range>>;
}

export interface TrainingSpec {
  readonly seed: number;
  readonly testShare: number;
  readonly selection:
    | { readonly by: 'validation'; readonly share: number }
    | { readonly by: 'cross-validation'; readonly folds: number };
  readonly families: Readonly<Partial<Record<'boosted' | 'forest' | 'linear', FamilySpec>>>;
  /** Planned retraining after so many intervals with the same champion. */
  readonly everyIntervals: number;
  /** How many intervals are learnt from, the newest; all that have matured where none is named. */
  readonly window?: number;
  /**
   * Fit the intercept of the chosen model to the newest interval that was learnt from: where prevalence moves. Rows that
   * the model is judged on, and their entities, have no part in it.
   */
  readonly correctIntercept?: boolean;
  /** Trainings of the chosen recipe with nothing but another seed, which tell how much of a difference is luck. */
  readonly seeds?: number;
}

/** Bounds of the promotion gate; every one may be changed by a project. */
export interface GatePolicy {
  readonly floors: { readonly auc: number; readonly prAucOverEventRate: number };
  /** Lower bound of the paired AUC difference must lie above this. */
  readonly nonInferiorityMargin: number;
  readonly calibration: { readonly min: number; readonly max: number; readonly worseThanChampion: number };
  /** An AUC above this smells of a leak. */
  readonly ceilingAuc: number;
  /** A gain above this is held for a person. */
  readonly suspiciousGain: number;
  readonly minPositives: number;
  readonly maxLatencyMs: number;
  readonly slices: { readonly minPositives: number; readonly alpha: number };
}

/** What is watched of the inputs and outputs of a model at work. */
export interface MonitoringSpec {
  readonly drift: DriftPolicy;
  /**
   * Rows that an interval needs for its features to be the baseline of a model trained on it, and how many of them
   * are taken, the newest: a long interval's old mixture would stay in the reference.
   */
  readonly baselineRows: { readonly min: number; readonly max: number };
  /**
   * A rolling window: so many scored intervals, the newest and those before it, are held against the baseline together.
   * 1 without it. Where months are small; what moves is seen later, and for longer.
   */
  readonly window?: number;
  /** Shares of rows decided `high` that are worth a look, and that are not to be believed. */
  readonly highShare?: { readonly warning: number; readonly critical: number };
}

/** What people must know of a project's models before they use one; it stands in every training report. */
export interface ModelCard {
  readonly intendedUse: string;
  readonly data: string;
  /** What the models do not know, or must not be used for. */
  readonly limits: readonly string[];
}

export interface ProjectSpec {
  readonly name: string;
  readonly model: string;
  readonly source: SourceSpec;
  readonly tables: TableNames;
  readonly contracts: readonly Contract[];
  /**
   * Bronze has the source's columns as text, then `_month` (a date), `_source_file`, `_source_digest`,
   * `_delivery` (of the file, from 1, in the order in which the interval's files were delivered),
   * `_occurrence` (of the key in its file, from 1), the interval and `_run`.
   * Silver starts from the view `bronze`, gold from `silver` (this interval's rows) and `history`
   * (those, and earlier intervals as far as `lookBackMonths`). Both know `run`: one row with
   * interval, interval_start, interval_end, run, horizon_days, look_back_months.
   * Silver has one named `duplicates`: the rows that gave way to another of the same key.
   */
  readonly transforms: Readonly<Record<'silver' | 'gold', readonly Transform[]>>;
  readonly lookBackMonths: number;
  readonly features: FeatureSpec;
  readonly label: LabelSpec;
  /** Columns whose groups are judged apart; they stand in the features table. */
  readonly slices: readonly string[];
  readonly training: TrainingSpec;
  readonly gate: GatePolicy;
  /** Scores at or above it are decided `high`. */
  readonly operatingThreshold: number;
  readonly card?: ModelCard;
  readonly monitoring: MonitoringSpec;
  readonly governance: GovernancePolicy;
}
