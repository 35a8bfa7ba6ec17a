/** What is known of a model when it is decided what to do: everything that `decide` looks at. */
import type { Interval } from '../interval.ts';
import type { MaturedInterval } from '../judging-slice.ts';

export type MeasureKind = 'feature' | 'score' | 'calibration' | 'performance' | 'output';

/** `insufficient` neither counts nor resets. */
export type Level = 'ok' | 'warning' | 'critical' | 'insufficient';

/** One figure of one interval, judged. */
export interface Measure {
  readonly kind: MeasureKind;
  /** A column, or what the figure is called: `score_psi`, `calibration`, `auc`. */
  readonly name: string;
  readonly level: Level;
  readonly value: number | null;
  /** Bounds that it is held against, in words. */
  readonly threshold: string;
}

/** An interval that the champion has scored; measures that need labels come when these have matured. */
export interface JudgedInterval {
  readonly interval: Interval;
  readonly measures: readonly Measure[];
  /** Columns that arrive broken. */
  readonly faults: readonly { readonly column: string; readonly reason: string }[];
}

/** Somebody asked for a retraining. */
export interface RetrainingRequest {
  readonly by: string;
  readonly reason: string;
}

export interface Situation {
  /** RFC 3339: the time that the decision is made for. */
  readonly asOf: string;
  /** Version; `null` where there is none. */
  readonly champion: number | null;
  /** Of this champion only, in time order. */
  readonly judged: readonly JudgedInterval[];
  /** In time order. */
  readonly matured: readonly MaturedInterval[];
  /** Start of the newest interval that had matured for the last training, promoted or not. */
  readonly lastTrainedOn?: string;
  /** Start of the interval up to which the champion was trained. */
  readonly championUntil?: string;
  /** Retrainings since the last promotion, or since a person took matters in hand. */
  readonly attempts: number;
  /** Why a person wants nothing to be started. */
  readonly frozen?: string;
  /** The retraining that is under way. */
  readonly running?: string;
  readonly request?: RetrainingRequest;
}

/** What of the project's spec bears on the decision, beside its governance policy. */
export interface PlanningRules {
  readonly horizonDays: number;
  /** Planned retraining after so many matured intervals. */
  readonly everyIntervals: number;
  /** Positives that a slice needs for two models to be told apart. */
  readonly minPositives: number;
  /** A champion whose AUC on matured rows is below it is not good enough to be used. */
  readonly floorAuc: number;
}
