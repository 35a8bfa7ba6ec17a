/** Evaluation: figures with intervals for one or two models on one slice, and the gate's inputs. */
import type { Interval } from '../../workflows/domain/interval.ts';
import type {
  BinaryMetrics,
  EvaluationReport,
  PairedDifference,
  SliceMetrics,
} from '../../workflows/domain/evaluation.ts';
import type { ScorePolicy, ScoreVerdict } from '../../workflows/domain/judge-scores.ts';
import type { MultiClassMetrics } from '../../workflows/domain/multiclass.ts';
import type { ArtefactRef, TableRef } from '../../workflows/domain/reference.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import type { Dataset } from '../training/contract.ts';

export interface MonthlyPerformance {
  readonly interval: Interval;
  readonly model: PinnedModel;
  readonly rows: number;
  readonly positives: number;
  readonly auc?: { readonly value: number; readonly low: number; readonly high: number };
  /** The same on patients that the model has never seen. */
  readonly aucUnseen?: { readonly value: number; readonly low: number; readonly high: number };
  readonly scoreMean: number;
  readonly eventRate: number;
  /** Where both labels occur. */
  readonly metrics?: BinaryMetrics;
}

export interface EvaluationActivities {
  /** Challenger, and champion if there is one, on the rows newer than anything either was trained on. */
  evaluate(input: {
    project: string;
    dataset: Dataset;
    challenger: ConvertedModel;
    champion?: PinnedModel;
    key: string;
  }): Promise<{ report: EvaluationReport; artefact: ArtefactRef }>;
  /**
   * Predictions of an interval, by default the newest, against its labels; `undefined` until these have matured
   * or where nothing was scored.
   */
  performance(input: {
    project: string;
    interval: Interval;
    predictions?: TableRef;
    asOf: string;
  }): Promise<MonthlyPerformance | undefined>;
}

/** What `assay evaluate` asks of a CSV or Parquet file; columns by their names. */
export interface ScoreFileRequest {
  readonly file: string;
  readonly label: string;
  /** One: the probability of the positive class. Several: those of the classes. */
  readonly scores: readonly string[];
  /** The class that each of `scores` is of, where the columns' names don't tell. */
  readonly classes?: readonly string[];
  /** The predicted class. */
  readonly predicted?: string;
  /** Which label counts as positive; without it labels are 0 and 1, or false and true. */
  readonly positive?: string;
  readonly champion?: string;
  /** Rows with one value here belong together: intervals are those of the groups, not of the rows. */
  readonly group?: string;
  readonly slices: readonly string[];
  /** Scores at or above it are predicted positive. */
  readonly threshold: number;
  readonly gates?: ScorePolicy;
}

export interface EvaluatedScores extends BinaryMetrics {
  readonly kind: 'binary';
  /** How many groups the rows belong to. */
  readonly groups?: number;
  readonly champion?: BinaryMetrics;
  readonly difference?: { readonly auc: PairedDifference };
  readonly slices: readonly SliceMetrics[];
  readonly gates?: ScoreVerdict;
}

export interface EvaluatedClasses extends MultiClassMetrics {
  readonly kind: 'multi-class';
  readonly groups?: number;
}

/** What `assay evaluate --json` prints. */
export type EvaluatedFile = EvaluatedScores | EvaluatedClasses;
