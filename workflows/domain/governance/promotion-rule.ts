/** Whether a challenger that passed the gate becomes champion without a person. */
import type { EvaluationReport } from '../evaluation.ts';
import type { GateVerdict } from '../gates.ts';
import type { GovernancePolicy } from './policy.ts';

export interface PromotionCase {
  readonly verdict: GateVerdict;
  readonly evaluation: Pick<EvaluationReport, 'brier' | 'champion'>;
  /** Starts of the intervals in which the training rows of the two end; none where there is no champion. */
  readonly trainedUntil: { readonly challenger: string; readonly champion?: string };
  /** What monitoring has warned of. */
  readonly warnings: readonly string[];
}

export interface PromotionDecision {
  readonly promote: boolean;
  readonly reason: string;
}

/**
 * Passing says that a challenger is no worse; to be promoted by itself it must be better, too: by its AUC, or by
 * its Brier score (the gate has its AUC not inferior). Two trainings on the same rows differ by their seed alone,
 * and every fifth such pair looks significantly different: neither is ever promoted for that.
 */
export function decidePromotion(
  { verdict, evaluation, trainedUntil, warnings }: PromotionCase,
  { promotion }: Pick<GovernancePolicy, 'promotion'>,
): PromotionDecision {
  const no = (reason: string): PromotionDecision => ({ promote: false, reason });
  if (verdict.verdict !== 'pass') return no(`the gate says ${verdict.verdict}`);
  if (promotion === 'approval') return no('the gate passed; promotion is for a person');
  if (promotion === 'auto-unless-warned' && warnings.length > 0) {
    return no(`the gate passed, with warnings a person must see: ${warnings.join('; ')}`);
  }
  const { challenger, champion } = trainedUntil;
  if (champion === undefined) return { promote: true, reason: 'the gate passed, and there is no champion' };
  if (challenger <= champion) {
    return no('it learnt from nothing newer than the champion: what differs is chance');
  }
  if (verdict.superiority?.superior)
    return { promote: true, reason: 'the gate passed, and its AUC is better' };
  if (isBetter(evaluation.brier, evaluation.champion?.brier)) {
    return { promote: true, reason: 'the gate passed, and its Brier score is better' };
  }
  return no('the gate passed, but no gain is shown');
}

/** Smaller is better; what is missing or not a number shows nothing. */
function isBetter(brier: number, champions: number | undefined): boolean {
  return champions !== undefined && Math.round(brier * 1e9) < Math.round(champions * 1e9);
}
