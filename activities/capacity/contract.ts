/** How much work waits, and how much of it the workers that are there could do: what autoscaling follows. */

/** Of one queue, at one moment. */
export interface QueueLoad {
  readonly queue: string;
  /** Tasks that wait for a worker. */
  readonly backlog: number;
  /** Seconds that the oldest of them has waited. */
  readonly backlogAge: number;
  /** Activities that its workers may have at a time, and that they have now. */
  readonly slots: number;
  readonly slotsUsed: number;
}

/** One figure, or many of them since the last time. */
export interface Figure {
  readonly name:
    | 'Backlog'
    | 'BacklogAge'
    | 'Slots'
    | 'SlotsUsed'
    | 'ScheduleToStart'
    | 'RunsFailed'
    | 'DriftAlarms';
  readonly unit: 'Count' | 'Seconds';
  readonly values: readonly number[];
  /** None where the figure is about all of them. */
  readonly queue?: string;
}

/** Where figures go: Amazon CloudWatch. */
export interface FigureSink {
  put(figures: readonly Figure[]): Promise<void>;
}

export interface CapacityActivities {
  /** Looks at every queue and publishes what it sees. */
  publish(): Promise<readonly QueueLoad[]>;
}
