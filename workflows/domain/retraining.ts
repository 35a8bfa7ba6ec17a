/** Whether a planned retraining is due. Drift has no say here: that is the governor's. */

export interface RetrainingInput {
  /** Starts of the matured intervals, in time order. */
  readonly matured: readonly string[];
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
  if (matured.length === 0)
    return { due: false, reason: 'no interval has matured yet: there are no labels to learn from' };
  if (championTrainedOn === undefined) return { due: true, reason: 'there is no champion' };
  const newest = championTrainedOn.at(-1) ?? '';
  const newer = matured.filter((start) => start > newest).length;
  const count = `${newer} of ${everyIntervals} intervals have matured since the champion was trained`;
  return { due: newer >= everyIntervals, reason: count };
}
