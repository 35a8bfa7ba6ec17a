/** Every figure of a binary classifier on one sample, in one go. */
import { brierScore, calibrationRatio, expectedCalibrationError, logLoss } from './calibration.ts';
import { aucEstimate } from './delong.ts';
import type { BinaryMetrics } from './evaluation.ts';
import { scoreGroups, type LabelledScores } from './labelled-scores.ts';
import { averagePrecisionError } from './precision-influence.ts';
import { averagePrecisionEstimate, kolmogorovSmirnov, topShare } from './ranking.ts';

const TOP_SHARES = [0.05, 0.1, 0.2];

/** Rows whose score is at or above `threshold` are predicted positive. O(n log n). */
export function binaryMetrics(sample: LabelledScores, threshold: number): BinaryMetrics {
  const groups = scoreGroups(sample);
  const auc = aucEstimate(sample);
  return {
    rows: sample.positives.length + sample.negatives.length,
    positives: sample.positives.length,
    auc,
    gini: 2 * auc.value - 1,
    prAuc: averagePrecisionEstimate(groups, averagePrecisionError(groups, sample)),
    logLoss: logLoss(groups),
    brier: brierScore(groups),
    ece: expectedCalibrationError(groups),
    ks: kolmogorovSmirnov(groups),
    calibration: calibrationRatio(groups),
    atThreshold: decisionsAt(sample, threshold),
    topShare: TOP_SHARES.map((share) => topShare(groups, share)),
  };
}

/** Precision is `null` where nothing is predicted positive. */
export function decisionsAt(sample: LabelledScores, threshold: number): BinaryMetrics['atThreshold'] {
  const tp = countAtOrAbove(sample.positives, threshold);
  const fp = countAtOrAbove(sample.negatives, threshold);
  const fn = sample.positives.length - tp;
  const tn = sample.negatives.length - fp;
  return {
    threshold,
    precision: tp + fp === 0 ? null : tp / (tp + fp),
    recall: tp / (tp + fn),
    f1: (2 * tp) / (2 * tp + fp + fn),
    accuracy: (tp + tn) / (tp + tn + fp + fn),
    confusion: { tp, fp, tn, fn },
  };
}

function countAtOrAbove(scores: Float64Array, threshold: number): number {
  let count = 0;
  for (const score of scores) if (score >= threshold) count += 1;
  return count;
}
