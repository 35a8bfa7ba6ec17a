/** What the governor decides: one of five, with everything that led to it. */

export type Action = 'no-action' | 'schedule' | 'wait-for-labels' | 'retrain' | 'stop-and-ask';

/** One thing that was looked at. */
export interface Reason {
  readonly measure: string;
  readonly value: number | string | null;
  readonly threshold: number | string | null;
  readonly reason: string;
}

export interface Decision {
  readonly decision: Action;
  readonly asOf: string;
  readonly champion: number | null;
  readonly reasons: readonly Reason[];
  /** RFC 3339: from when a retraining is possible. */
  readonly possibleFrom?: string;
  /** Who must look. */
  readonly owner?: string;
}
