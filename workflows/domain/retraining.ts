/** Whether a planned retraining is due. Drift has no say here: that is the governor's. */

/** Of rows with the label and of rows without: with fewer, no split leaves parts that can be judged. */
export const LEAST_OF_EITHER_CLASS = 100;

interface Matured {
  /** Starts of the matured intervals, in time order. */
  readonly intervals: readonly string[];
  readonly rows: number;
  readonly positives: number;
}

export interface RetrainingInput {
  readonly matured: Matured;
  readonly hasChampion: boolean;
  /** Starts of the intervals that the newest version was trained on, promoted or not: a rejected one is not repeated at once. */
  readonly lastTrainedOn: readonly string[];
  readonly everyIntervals: number;
}

export interface RetrainingDecision {
  readonly due: boolean;
  readonly reason: string;
}

export function retrainingDue(input: RetrainingInput): RetrainingDecision {
  const { matured, hasChampion, lastTrainedOn, everyIntervals } = input;
  if (!isEnough(matured)) {
    return {
      due: false,
      reason: `too few labels have matured: ${matured.rows} rows, ${matured.positives} positive`,
    };
  }
  if (lastTrainedOn.length === 0) return { due: true, reason: 'nothing has been trained yet' };
  const newest = lastTrainedOn.at(-1) ?? '';
  const newer = matured.intervals.filter((start) => start > newest).length;
  if (!hasChampion && newer > 0)
    return { due: true, reason: 'there is no champion, and new labels have matured' };
  const reason = `${newer} of ${everyIntervals} intervals have matured since the last training`;
  return { due: newer >= everyIntervals, reason };
}

export function isEnough({ rows, positives }: Pick<Matured, 'rows' | 'positives'>): boolean {
  return positives >= LEAST_OF_EITHER_CLASS && rows - positives >= LEAST_OF_EITHER_CLASS;
}
