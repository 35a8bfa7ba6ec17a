/** Scores and labels made by integer arithmetic, so that any language can make the same ones. */
import { labelledScores, type LabelledScores } from '../labelled-scores.ts';

export interface Sample {
  readonly labels: number[];
  /** In steps of 0.02: many ties. */
  readonly tied: number[];
  /** All distinct. */
  readonly distinct: number[];
}

/** 400 rows, 101 of them positive. */
export function referenceSample(): Sample {
  const rows = Array.from({ length: 400 }, (_, index) => index + 1);
  const labels = rows.map((row) => ((row * 104_729) % 997 < 250 ? 1 : 0));
  const label = (row: number): number => labels[row - 1] ?? 0;
  return {
    labels,
    tied: rows.map((row) => {
      const score = (((row * 7919) % 1000) / 1000) * 0.6 + 0.25 * label(row);
      return Math.floor(score * 50 + 0.5) / 50;
    }),
    distinct: rows.map((row) => (((row * 31_337) % 1009) / 1009) * 0.7 + 0.2 * label(row)),
  };
}

/** For scores that are known to be good. */
export function definedSample(scores: ArrayLike<number>, labels: ArrayLike<number>): LabelledScores {
  const sample = labelledScores(scores, labels);
  if (!sample.defined) throw new Error(sample.reason);
  return sample.value;
}
