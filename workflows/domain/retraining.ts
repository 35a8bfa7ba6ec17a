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
  /** Starts of the intervals that the champion was trained on; `undefined` where there is no champion. */
  readonly championTrainedOn: readonly string[] | undefined;
  readonly everyIntervals: number;
}

export interface RetrainingDecision {
  readonly due: boolean;
  readonly reason: string;
}

export function retrainingDue(input: RetrainingInput): RetrainingDecision {
  const { matured, championTrainedOn, everyIntervals } = input;
  if (!isEnough(matured)) {
    return {
      due: false,
      reason: `too few labels have matured: ${matured.rows} rows, ${matured.positives} positive`,
    };
  }
  if (championTrainedOn === undefined) return { due: true, reason: 'there is no champion' };
  const newest = championTrainedOn.at(-1) ?? '';
  const newer = matured.intervals.filter((start) => start > newest).length;
  const reason = `${newer} of ${everyIntervals} intervals have matured since the champion was trained`;
  return { due: newer >= everyIntervals, reason };
}

export function isEnough({ rows, positives }: Pick<Matured, 'rows' | 'positives'>): boolean {
  return positives >= LEAST_OF_EITHER_CLASS && rows - positives >= LEAST_OF_EITHER_CLASS;
}
