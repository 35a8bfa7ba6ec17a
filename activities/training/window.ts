/** Training windows: the newest intervals that a model is to learn from, where a project does not want all of them. */
import type { TrainingSnapshot } from './contract.ts';
import { snapshotOf } from './snapshot.ts';

/**
 * A snapshot without the intervals before the window, so that whatever is asked later (what was learnt from, whom the
 * model has seen) is asked of the right rows. The intervals that are kept for judging come on top.
 * @param window how many; all where there is none
 * @param testFrom start of the first interval that is kept for judging; without it a share of the newest rows is
 */
export function withinWindow(
  snapshot: TrainingSnapshot,
  window: number | undefined,
  testFrom: string | undefined,
): TrainingSnapshot {
  if (window === undefined) return snapshot;
  const isJudged = ({ start }: { readonly start: string }): boolean =>
    testFrom !== undefined && start >= testFrom;
  const learnt = snapshot.matured.filter((interval) => !isJudged(interval)).slice(-window);
  const { features, labels, asOf } = snapshot;
  return snapshotOf({ features, labels }, [...learnt, ...snapshot.matured.filter(isJudged)], asOf);
}
