/**
 * Reports for people: one self-contained HTML page and one JSON document with the same numbers.
 * The documents below are everything that a page shows; numbers are unrounded, shares from 0 to 1.
 */
import type { ModelFigures } from '../../workflows/domain/curves.ts';
import type { DriftVerdict } from '../../workflows/domain/drift/compare.ts';
import type { Estimate, EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { ModelCard } from '../../workflows/domain/project.ts';
import type { ArtefactRef, TableRef } from '../../workflows/domain/reference.ts';
import type { PinnedModel } from '../scoring/contract.ts';
import type { InterceptCorrection, SeedSpread } from '../training/contract.ts';

/** Keys in the store. */
export interface WrittenReport {
  readonly html: string;
  readonly json: string;
}

/** How much AUC is lost when one feature's values are dealt out anew among the rows. */
export interface FeatureImportance {
  readonly feature: string;
  readonly importance: Estimate;
}

export interface PermutationImportance {
  readonly method: string;
  readonly rows: number;
  readonly positives: number;
  readonly repeats: number;
  /** Without any shuffling, on the same rows. */
  readonly auc: number;
  /** Largest first. */
  readonly features: readonly FeatureImportance[];
}

/** Mean absolute contribution of each feature to the log odds, by the trainer's own tree explanation. */
export interface TreeContributions {
  readonly method: string;
  readonly rows: number;
  /** Largest first. */
  readonly features: readonly { readonly feature: string; readonly contribution: number }[];
}

export interface Lineage {
  readonly features: TableRef;
  readonly labels: TableRef;
  readonly asOf: string;
  /** Starts of the intervals learnt from, in time order. */
  readonly intervals: readonly string[];
  readonly rows: { readonly train: number; readonly validation?: number; readonly test: number };
  readonly positives: { readonly train: number; readonly validation?: number; readonly test: number };
  readonly removedForTestEntities: number;
  readonly family: string;
  readonly trial: number;
  readonly trials: number;
  readonly rounds: number;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly trainingSeconds: number;
  /** Where the intercept was fitted to the newest rows learnt from. */
  readonly intercept?: InterceptCorrection;
  readonly codeVersion: string;
  readonly run: string;
  readonly digests: Readonly<Record<string, string>>;
  /** ONNX Runtime against the trainer's own predictions. */
  readonly parity: { readonly rows: number; readonly maxAbsDiff: number };
}

/** `reports/<project>/training-<model>-v<version>.json`. */
export interface TrainingReport {
  readonly format: 'assay-training-report-1';
  readonly project: string;
  readonly model: PinnedModel;
  readonly registeredAt: string;
  readonly gate: GateVerdict & {
    /** Whether the registry's log has it; else it is what the gate would say of this evaluation. */
    readonly recorded: boolean;
    /** Version of the champion that it was held against; `null` for a first model. */
    readonly against: number | null;
    readonly nonInferiorityMargin: number;
    /** Groups with fewer positives are reported, not judged. */
    readonly sliceMinPositives: number;
  };
  readonly evaluation: EvaluationReport;
  /** Of the model on its own held-out rows; those of the champion are the evaluation's. */
  readonly figures: ModelFigures;
  /** How much of a difference another seed makes; absent where nobody has tried. */
  readonly seeds?: SeedSpread;
  readonly permutation: PermutationImportance;
  /** Absent where the trainer's library is not at hand. */
  readonly contributions?: TreeContributions;
  readonly lineage: Lineage;
  readonly card: ModelCard;
}

export type MonitoringVerdict = DriftVerdict;

export interface ColumnSummary {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly median: number | null;
  readonly std: number | null;
}

/** One column of `assay drift compare --json`; what is not defined is `null`. */
export interface ColumnReport {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly verdict: MonitoringVerdict;
  readonly psi: number | null;
  readonly psiCritical: number | null;
  readonly chiSquare?: {
    readonly statistic: number | null;
    readonly df: number;
    readonly pValue: number | null;
  } | null;
  readonly ks?: {
    readonly statistic: number | null;
    /** The distance itself is no larger. */
    readonly atMost?: number;
    readonly pValue: number | null;
  } | null;
  readonly jensenShannon: number | null;
  readonly missing: { readonly reference: number | null; readonly current: number | null };
  readonly summary?: { readonly reference: ColumnSummary; readonly current: ColumnSummary };
  /** Counts of rows. */
  readonly bins: readonly { readonly label: string; readonly reference: number; readonly current: number }[];
  /** Why the verdict is what it is, where that takes words. */
  readonly reason?: string;
}

/** One measure held against its bound. */
export interface Reason {
  readonly measure: string;
  readonly value: number | string | null;
  readonly threshold: number | string | null;
  readonly reason: string;
}

export interface MonitoringDecision {
  readonly decision: 'no-action' | 'schedule' | 'wait-for-labels' | 'retrain' | 'stop-and-ask';
  readonly reasons: readonly Reason[];
  /** From when a retraining is possible, RFC 3339. */
  readonly possibleFrom?: string;
  /** Who has to look. */
  readonly owner?: string;
  /** A champion below the floor, for which somebody is called. */
  readonly page?: {
    readonly owner: string;
    readonly interval: string;
    readonly value: number;
    readonly floor: number;
    readonly reason: string;
  };
}

/** One interval of the trends and the heat map. */
export interface MonitoredInterval {
  readonly interval: Interval;
  /** Version of the model that scored it. */
  readonly version: number;
  readonly rows: number;
  readonly scorePsi: number | null;
  readonly scoreMean: number | null;
  /** Absent until the labels are known. */
  readonly eventRate?: number;
  readonly auc?: Estimate;
  /** Mean score over event rate. */
  readonly calibration?: Estimate;
  readonly features: readonly {
    readonly name: string;
    readonly psi: number | null;
    readonly verdict: MonitoringVerdict;
  }[];
}

/** Of an interval whose labels are known, or an estimate from calibrated scores alone. */
export interface MonitoredPerformance {
  readonly interval: Interval;
  readonly estimated: boolean;
  readonly rows: number;
  readonly positives?: number;
  readonly auc?: Estimate;
  readonly gini?: number;
  readonly prAuc?: Estimate;
  readonly calibration?: Estimate;
}

/** `reports/<project>/monitoring-<first day of the interval>.json`. */
export interface MonitoringReport {
  readonly format: 'assay-monitoring-report-1';
  readonly project: string;
  readonly interval: Interval;
  readonly model: PinnedModel;
  readonly verdict: MonitoringVerdict;
  readonly decision?: MonitoringDecision;
  /** What the current rows are held against. */
  readonly reference: { readonly description: string; readonly rows: number };
  /** The rows that were held against it; of several intervals where the window rolls, by their starts. */
  readonly current: { readonly rows: number; readonly intervals?: readonly string[] };
  readonly thresholds: { readonly warn: number; readonly alarm: number };
  /** The score as a column of its own: its PSI is the score PSI. */
  readonly score?: ColumnReport;
  readonly columns: readonly ColumnReport[];
  /** What else the inputs can be held against; shown for those who ask, judged by nobody. */
  readonly otherReferences: readonly {
    readonly name: string;
    readonly description: string;
    readonly rows: number;
    readonly features: readonly { readonly name: string; readonly psi: number | null }[];
  }[];
  readonly quality: {
    readonly verdict: 'ok' | 'broken';
    readonly findings: readonly (Reason & { readonly column: string })[];
  };
  readonly outputs: {
    readonly scoreMean: number | null;
    /** Share of rows at or above the operating threshold. */
    readonly aboveThreshold: number | null;
    readonly threshold: number;
    readonly missing: number;
    readonly outsideUnitInterval: number;
  };
  readonly performance?: MonitoredPerformance;
  /** In time order; the interval of the report is the last. */
  readonly history: readonly MonitoredInterval[];
}

export interface ReportActivities {
  /**
   * Writes `reports/<project>/training-<model>-v<version>.html` and `.json`. Called again after the
   * gate has spoken, it says so. @throws UnknownVersion, DigestMismatch
   */
  training(input: { project: string; model: string; version: number; key: string }): Promise<WrittenReport>;
  /**
   * Writes `reports/<project>/monitoring-<date>.html` and `.json` of a MonitoringReport that stands as
   * JSON in the store. @throws UnsupportedReport, DigestMismatch
   */
  monitoring(input: { project: string; report: ArtefactRef; key: string }): Promise<WrittenReport>;
}
