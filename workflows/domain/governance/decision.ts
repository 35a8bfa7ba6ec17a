/** What the governor decides: one of five, with everything that led to it. */

export type Action = 'no-action' | 'schedule' | 'wait-for-labels' | 'retrain' | 'stop-and-ask';

/** One thing that was looked at. */
export interface Reason {
  readonly measure: string;
  readonly value: number | string | null;
  readonly threshold: number | string | null;
  readonly reason: string;
}

/** What a person is called for, whatever else is decided: the same of the same interval, however often it is decided on. */
export interface Summons {
  /** Who is called. */
  readonly owner: string;
  /** Start of the interval that the figure is of. */
  readonly interval: string;
  readonly value: number;
  readonly floor: number;
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
  /** The champion is below the floor that its project sets. */
  readonly page?: Summons;
}
