/** Gates by group: a slice blocks only where it is proved to have lost more than the margin. */
import { marginOf } from './champion-gates.ts';
import type { EvaluationReport, SliceMetrics } from './evaluation.ts';
import { isNumber, missing, numberGate, rounded, shown } from './gate-rule.ts';
import type { GateResult } from './gates.ts';
import { normalCdf } from './normal.ts';
import type { GatePolicy } from './project.ts';

/** One result for each slice with enough positives, at `alpha` divided by their number (Bonferroni). */
export function judgeSlices(report: EvaluationReport, policy: GatePolicy): GateResult[] {
  if (!Array.isArray(report.slices)) return [missing('slices', 'measured', 'The list of slices')];
  const judged = report.slices.filter(
    ({ positives }) => !isNumber(positives) || positives >= policy.slices.minPositives,
  );
  const alpha = policy.slices.alpha / judged.length;
  return judged.map((slice) => judgeSlice(slice, marginOf(policy), alpha));
}

function judgeSlice(slice: SliceMetrics, margin: number, alpha: number): GateResult {
  const name = `${slice.column} ${slice.group}`;
  const standardError = slice.difference?.standardError;
  return numberGate({
    gate: `slice ${slice.column}=${slice.group}`,
    name: `The paired AUC difference for ${name}`,
    value: isNumber(standardError) && isNumber(slice.positives) ? slice.difference?.value : null,
    bound: `not proved below ${margin} (p < ${shown(alpha)})`,
    decide: (difference) => {
      const found = `For ${name} (${slice.positives} positives) the AUC differs by ${shown(difference, margin)}`;
      return rounded(chanceOfWorse(difference - margin, standardError ?? 0)) < rounded(alpha)
        ? { verdict: 'fail', reason: `${found}, proved to be a loss of more than ${-margin}.` }
        : { verdict: 'pass', reason: `${found}: a loss of more than ${-margin} is not proved.` };
    },
  });
}

/** One-sided p-value of a loss beyond the margin; without variance the difference speaks for itself. */
function chanceOfWorse(aboveMargin: number, standardError: number): number {
  if (rounded(standardError) === 0) return aboveMargin < 0 ? 0 : 1;
  return normalCdf(aboveMargin / standardError);
}
