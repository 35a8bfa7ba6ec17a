/** Figures of one or two models on one slice: what `assay evaluate --json` prints for a binary label. */

import type { ModelFigures } from './curves.ts';

/** With its two-sided 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BinaryMetrics {
  readonly rows: number;
  readonly positives: number;
  readonly auc: Estimate;
  readonly gini: number;
  readonly prAuc: Estimate;
  readonly logLoss: number;
  readonly brier: number;
  readonly ece: number;
  readonly ks: number;
  /** Mean score over event rate. */
  readonly calibration: number;
  readonly atThreshold: {
    readonly threshold: number;
    /** `null` where nothing is predicted positive. */
    readonly precision: number | null;
    readonly recall: number;
    readonly f1: number;
    readonly accuracy: number;
    readonly confusion: {
      readonly tp: number;
      readonly fp: number;
      readonly tn: number;
      readonly fn: number;
    };
  };
  readonly topShare: readonly {
    readonly share: number;
    readonly precision: number;
    readonly recall: number;
    readonly lift: number;
  }[];
}

/** Challenger minus champion on the same rows. */
export interface PairedDifference extends Estimate {
  readonly standardError: number;
  readonly z: number;
  /** Two-sided, of no difference. */
  readonly pValue: number;
  readonly method: string;
}

export interface SliceMetrics {
  readonly column: string;
  readonly group: string;
  readonly rows: number;
  readonly positives: number;
  readonly auc?: Estimate;
  readonly recall?: number;
  readonly selectionRate?: number;
  readonly difference?: PairedDifference;
}

export interface EvaluationReport extends BinaryMetrics {
  /** Digest of the rows judged on: keys and labels, in order. */
  readonly sliceDigest: string;
  /** The same for the rows that the champion was scored on; it must be the same digest. */
  readonly championSliceDigest?: string;
  readonly challengerDigest: string;
  readonly championDigest?: string;
  readonly champion?: BinaryMetrics;
  /** What the champion's pictures are drawn from, on the same rows. */
  readonly championFigures?: ModelFigures;
  readonly difference?: { readonly auc: PairedDifference };
  /** The same on patients that neither model was trained on. */
  readonly unseen?: {
    readonly challenger: BinaryMetrics;
    readonly champion?: BinaryMetrics;
    readonly difference?: { readonly auc: PairedDifference };
  };
  readonly slices: readonly SliceMetrics[];
  /** Milliseconds for one record, 95th percentile. */
  readonly latencyMs: number;
}
