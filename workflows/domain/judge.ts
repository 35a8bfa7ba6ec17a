/** Judges a challenger by its evaluation: alone where it is the first model, else against the champion too. */
import { judgeAgainstChampion, judgeSuperiority } from './champion-gates.ts';
import type { EvaluationReport } from './evaluation.ts';
import type { GateContext, GateResult, GateVerdict, Verdict } from './gates.ts';
import { judgeAlone } from './model-gates.ts';
import type { GatePolicy } from './project.ts';
import { judgeSlices } from './slice-gates.ts';

/**
 * Every gate that applies, none left out because another failed. A figure that is missing or not a
 * number fails its gate. Nothing is compared before it is rounded to 1e-9.
 */
export function judge(report: EvaluationReport, policy: GatePolicy, context: GateContext): GateVerdict {
  const alone = judgeAlone(report, policy);
  if (context.championDigest === null) return { verdict: overall(alone), results: alone };
  const results = [
    ...alone,
    ...judgeAgainstChampion(report, policy, context.championDigest),
    ...judgeSlices(report, policy),
  ];
  return { verdict: overall(results), results, superiority: judgeSuperiority(report) };
}

/** A fail beats a hold, a hold beats a pass. */
export function overall(results: readonly GateResult[]): Verdict {
  if (results.some((result) => result.verdict === 'fail')) return 'fail';
  return results.some((result) => result.verdict === 'hold') ? 'hold' : 'pass';
}
