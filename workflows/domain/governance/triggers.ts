/** What speaks for a retraining: features together, or one figure of the score by itself. */
import type { GovernancePolicy } from './policy.ts';
import type { Streak } from './streaks.ts';

export interface Trigger {
  readonly streaks: readonly Streak[];
  /** The interval whose data a retraining must contain to change anything. */
  readonly began: { readonly start: string; readonly end: string };
}

/** @param needed intervals in a row */
export function triggersOf(
  streaks: readonly Streak[],
  { minFeatures }: Pick<GovernancePolicy, 'minFeatures'>,
  needed: number,
): Trigger[] {
  const critical = streaks.filter(
    ({ measure, intervals }) => measure.level === 'critical' && intervals >= needed,
  );
  const features = critical
    .filter(({ measure }) => measure.kind === 'feature')
    .toSorted((one, other) => (one.began.start < other.began.start ? -1 : 1));
  // With the last of the needed features the condition begins to hold.
  const decisive = features[minFeatures - 1];
  const alone = critical.filter(({ measure }) => SUFFICE_ALONE.has(measure.kind));
  return [
    ...(decisive ? [{ streaks: features, began: decisive.began }] : []),
    ...alone.map((streak) => ({ streaks: [streak], began: streak.began })),
  ];
}

/** A feature or an odd share of high scores is a reason to look, not to retrain. */
const SUFFICE_ALONE: ReadonlySet<string> = new Set(['score', 'calibration', 'performance']);
