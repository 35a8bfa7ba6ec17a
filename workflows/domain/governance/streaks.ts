/** How long each measure has been out of bounds, without a break, up to now. */
import type { Interval } from '../interval.ts';
import type { JudgedInterval, Measure } from './situation.ts';

/** A measure that is out of bounds in the newest interval that says anything about it. */
export interface Streak {
  readonly measure: Measure;
  /** Judged intervals in a row at this level or above. */
  readonly intervals: number;
  /** The first of them. */
  readonly began: Interval;
}

/** @param judged of one champion, in time order; insufficient and missing measures neither count nor reset */
export function streaksOf(judged: readonly JudgedInterval[]): Streak[] {
  const streaks = new Map<string, Streak>();
  const over = new Set<string>();
  for (const { interval, measures } of judged.toReversed()) {
    for (const measure of measures) {
      const key = `${measure.kind} ${measure.name}`;
      if (measure.level === 'insufficient' || over.has(key)) continue;
      const streak = streaks.get(key);
      if (isOut(measure, streak?.measure)) streaks.set(key, longer(streak, measure, interval));
      else over.add(key);
    }
  }
  return [...streaks.values()];
}

/** A critical streak is one of critical intervals; a warning goes on through both. */
function isOut(measure: Measure, newest: Measure | undefined): boolean {
  if (measure.level === 'critical') return true;
  return measure.level === 'warning' && newest?.level !== 'critical';
}

function longer(streak: Streak | undefined, measure: Measure, began: Interval): Streak {
  return { measure: streak?.measure ?? measure, intervals: (streak?.intervals ?? 0) + 1, began };
}
