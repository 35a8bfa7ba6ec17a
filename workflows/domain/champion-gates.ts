/** Gates against the champion: the same rows, another artefact, proven not to be worse, not too good to be true. */
import type { EvaluationReport } from './evaluation.ts';
import { isNumber, missing, numberGate, rounded, shown } from './gate-rule.ts';
import type { GateResult, Superiority } from './gates.ts';
import { ONE_SIDED_95 } from './normal.ts';
import type { GatePolicy } from './project.ts';

export function judgeAgainstChampion(
  report: EvaluationReport,
  policy: GatePolicy,
  championDigest: string,
): GateResult[] {
  return [
    rightChampion(report, championDigest),
    differentArtefacts(report),
    sameSlice(report),
    enoughPositives(report, policy),
    nonInferiority(report, policy),
    suspiciousGain(report, policy),
    calibrationAgainst(report, policy),
  ];
}

/** Whether the difference is proven to be above nought, which no gate asks for. */
export function judgeSuperiority(report: EvaluationReport): Superiority {
  const { lower } = boundsOfDifference(report);
  if (lower === undefined) {
    return { superior: false, lowerBound: null, reason: 'The difference to the champion was not measured.' };
  }
  const superior = rounded(lower) > 0;
  const found = `With 95 % confidence the AUC difference is above ${shown(lower, 0)}`;
  const reason = superior
    ? `${found}: the challenger is better than the champion.`
    : `${found}: that the challenger is better is not proven.`;
  return { superior, lowerBound: lower, reason };
}

function rightChampion(report: EvaluationReport, championDigest: string): GateResult {
  const gate = 'champion';
  const bound = championDigest;
  const value = report.championDigest ?? null;
  if (value === null || report.champion === undefined)
    return missing(gate, bound, 'The champion’s evaluation');
  return value === championDigest
    ? {
        gate,
        verdict: 'pass',
        value,
        bound,
        reason: 'The challenger was compared with the champion of today.',
      }
    : {
        gate,
        verdict: 'fail',
        value,
        bound,
        reason: 'The challenger was compared with another model than the champion of today: evaluate again.',
      };
}

function differentArtefacts(report: EvaluationReport): GateResult {
  const gate = 'different-artefacts';
  const { challengerDigest: value, championDigest: champion } = report;
  if (!value || !champion) return missing(gate, 'two models', 'The digest of one of the two models');
  const bound = `not ${champion}`;
  return value === champion
    ? {
        gate,
        verdict: 'fail',
        value,
        bound,
        reason: 'The challenger is the champion, byte for byte: there is nothing to compare.',
      }
    : { gate, verdict: 'pass', value, bound, reason: 'Challenger and champion are different models.' };
}

function sameSlice(report: EvaluationReport): GateResult {
  const gate = 'same-slice';
  const { sliceDigest: bound, championSliceDigest: value } = report;
  if (!value || !bound) return missing(gate, 'one slice', 'The digest of the rows of one of the two models');
  return value === bound
    ? { gate, verdict: 'pass', value, bound, reason: 'Both were judged on the same rows and labels.' }
    : {
        gate,
        verdict: 'fail',
        value,
        bound,
        reason: 'The two were judged on different rows or labels: their figures cannot be compared.',
      };
}

function enoughPositives(report: EvaluationReport, { minPositives }: GatePolicy): GateResult {
  return numberGate({
    gate: 'enough-positives',
    name: 'The number of positives',
    value: report.positives,
    bound: `at least ${minPositives}`,
    decide: (positives) =>
      positives >= minPositives
        ? { verdict: 'pass', reason: `${positives} positives are enough to compare two models.` }
        : {
            verdict: 'hold',
            reason: `${positives} positives are too few of the ${minPositives} that a comparison needs: wait for more months to mature.`,
          },
  });
}

/**
 * One-sided at 95 %: with enough positives the lower bound must lie above the margin. With fewer it
 * cannot, whatever the model, so only one whose upper bound lies below the margin fails; the rest waits.
 */
function nonInferiority(report: EvaluationReport, policy: GatePolicy): GateResult {
  const margin = marginOf(policy);
  const { lower, upper = Number.NaN } = boundsOfDifference(report);
  return numberGate({
    gate: 'non-inferiority',
    name: 'The paired AUC difference to the champion',
    value: lower,
    bound: `above ${margin}`,
    decide: (bound) => {
      const found = `With 95 % confidence the AUC difference is above ${shown(bound, margin)}`;
      if (!isNumber(report.positives)) {
        return { verdict: 'fail', reason: 'The number of positives is missing.' };
      }
      if (report.positives < policy.minPositives && rounded(upper) >= margin) {
        return { verdict: 'hold', reason: `${found}, but on too few positives to tell.` };
      }
      return bound > margin
        ? { verdict: 'pass', reason: `${found}: no worse than the champion by more than ${-margin}.` }
        : {
            verdict: 'fail',
            reason: `${found} only: it may be worse than the champion by more than ${-margin}.`,
          };
    },
  });
}

function suspiciousGain(report: EvaluationReport, { suspiciousGain: most }: GatePolicy): GateResult {
  return numberGate({
    gate: 'suspicious-gain',
    name: 'The AUC difference to the champion',
    value: report.difference?.auc?.value,
    bound: `at most ${most}`,
    decide: (gain) =>
      gain <= most
        ? { verdict: 'pass', reason: `The AUC differs from the champion’s by ${shown(gain, most)}.` }
        : {
            verdict: 'hold',
            reason: `The AUC is ${shown(gain, most)} above the champion’s, which smells of a leak: a person must look.`,
          },
  });
}

function calibrationAgainst(report: EvaluationReport, { calibration }: GatePolicy): GateResult {
  const ours = report.calibration;
  const theirs = report.champion?.calibration;
  const most = calibration.worseThanChampion;
  return numberGate({
    gate: 'calibration-against-champion',
    name: 'Mean score over event rate of one of the two models',
    value: isNumber(ours) && isNumber(theirs) ? Math.abs(ours - 1) - Math.abs(theirs - 1) : null,
    bound: `at most ${most} farther from 1`,
    decide: (worsening) => {
      const found = `Mean score over event rate is ${shown(ours)}, the champion’s ${shown(theirs ?? Number.NaN)}`;
      return worsening <= most
        ? { verdict: 'pass', reason: `${found}.` }
        : { verdict: 'fail', reason: `${found}: more than ${most} farther from 1.` };
    },
  });
}

/** However it is written, a margin is how much worse may still pass. */
export function marginOf(policy: GatePolicy): number {
  return -Math.abs(policy.nonInferiorityMargin);
}

function boundsOfDifference(report: EvaluationReport): { lower?: number; upper?: number } {
  const difference = report.difference?.auc;
  if (!isNumber(difference?.value) || !isNumber(difference.standardError)) return {};
  const reach = ONE_SIDED_95 * difference.standardError;
  return { lower: difference.value - reach, upper: difference.value + reach };
}
