/** Evaluation reports as the gate gets them, each with something wrong, and what the gate says of it. */
import type { BinaryMetrics, EvaluationReport, PairedDifference, SliceMetrics } from '../evaluation.ts';
import type { Verdict } from '../gates.ts';
import type { GatePolicy } from '../project.ts';

export const policy: GatePolicy = {
  floors: { auc: 0.62, prAucOverEventRate: 1.5 },
  nonInferiorityMargin: 0.005,
  calibration: { min: 0.8, max: 1.25, worseThanChampion: 0.05 },
  ceilingAuc: 0.75,
  suspiciousGain: 0.03,
  minPositives: 800,
  maxLatencyMs: 50,
  slices: { minPositives: 100, alpha: 0.05 },
};
export const CHAMPION = 'c'.repeat(64);

/** What it is, what is changed in a report that passes, the verdict, and the gate that says so. */
export const STOPPED: readonly (readonly [string, Partial<EvaluationReport>, Verdict, string])[] = [
  ['an AUC under the floor', { auc: estimate(0.61) }, 'fail', 'auc-floor'],
  ['a PR-AUC that hardly beats chance', { prAuc: estimate(0.12) }, 'fail', 'pr-auc-floor'],
  ['an AUC above the ceiling', { auc: estimate(0.79) }, 'hold', 'plausibility'],
  ['scores far below the event rate', { calibration: 0.79 }, 'fail', 'calibration'],
  ['scores far above the event rate', { calibration: 1.26 }, 'fail', 'calibration'],
  ['a slow model', { latencyMs: 51 }, 'fail', 'latency'],
  ['the champion itself', { challengerDigest: CHAMPION }, 'fail', 'different-artefacts'],
  ['a comparison with some other model', { championDigest: 'x' }, 'fail', 'champion'],
  ['a champion judged on other rows', { championSliceDigest: 'other' }, 'fail', 'same-slice'],
  ['too few positives', { positives: 799, rows: 7000 }, 'hold', 'enough-positives'],
  ['a loss that may be real', { difference: { auc: difference(-0.001, 0.003) } }, 'fail', 'non-inferiority'],
  [
    'a gain that smells of a leak',
    { difference: { auc: difference(0.031, 0.003) } },
    'hold',
    'suspicious-gain',
  ],
  ['calibration lost to the champion', { calibration: 1.2 }, 'fail', 'calibration-against-champion'],
  ['a group proved to be worse off', { slices: [slice(-0.05, 0.01)] }, 'fail', 'slice gender=Female'],
];

export function report(change: Partial<EvaluationReport> = {}): EvaluationReport {
  return {
    ...firstReport(),
    championDigest: CHAMPION,
    championSliceDigest: 's',
    champion: { ...metrics(), calibration: 1.1 },
    difference: { auc: difference(0.002, 0.003) },
    ...change,
  };
}

export function firstReport(): EvaluationReport {
  return {
    ...metrics(),
    sliceDigest: 's',
    challengerDigest: 'd'.repeat(64),
    slices: [slice(0, 0.01)],
    latencyMs: 2,
  };
}

function metrics(): BinaryMetrics {
  return {
    rows: 18_000,
    positives: 2000,
    auc: estimate(0.66),
    gini: 0.32,
    prAuc: estimate(0.22),
    logLoss: 0.33,
    brier: 0.096,
    ece: 0.01,
    ks: 0.23,
    calibration: 1.05,
    atThreshold: {
      threshold: 0.15,
      precision: 0.22,
      recall: 0.4,
      f1: 0.28,
      accuracy: 0.77,
      confusion: { tp: 800, fp: 2836, tn: 13_164, fn: 1200 },
    },
    topShare: [],
  };
}

export function estimate(value: number): EvaluationReport['auc'] {
  return { value, low: value - 0.01, high: value + 0.01 };
}

export function difference(value: number, standardError: number): PairedDifference {
  return {
    value,
    low: value - 1.96 * standardError,
    high: value + 1.96 * standardError,
    standardError,
    z: value / standardError,
    pValue: 0.5,
    method: 'paired DeLong',
  };
}

export function slice(value: number, standardError: number): SliceMetrics {
  return {
    column: 'gender',
    group: 'Female',
    rows: 9000,
    positives: 1000,
    difference: difference(value, standardError),
  };
}
