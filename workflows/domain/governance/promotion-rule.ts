/** Whether a challenger becomes champion without a person, and if not, whether one is asked. */
import type { EvaluationReport } from '../evaluation.ts';
import type { GateVerdict } from '../gates.ts';
import type { GovernancePolicy } from './policy.ts';

const FLOORS: ReadonlySet<string> = new Set(['auc-floor', 'pr-auc-floor']);

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
  /** A person is to decide instead. */
  readonly ask: boolean;
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
  const no = (reason: string): PromotionDecision => ({ promote: false, ask: false, reason });
  const yes = (reason: string): PromotionDecision => ({ promote: true, ask: false, reason });
  const ask = (reason: string): PromotionDecision => ({ promote: false, ask: true, reason });
  if (verdict.verdict !== 'pass') {
    const reason = `the gate says ${verdict.verdict}`;
    return promotion !== 'auto' && mayBeApproved(verdict)
      ? ask(`${reason}: ${objections(verdict)}`)
      : no(reason);
  }
  if (promotion === 'approval') return ask('the gate passed; promotion is for a person');
  if (promotion === 'auto-unless-warned' && warnings.length > 0) {
    return ask(`the gate passed, with warnings a person must see: ${warnings.join('; ')}`);
  }
  const { challenger, champion } = trainedUntil;
  if (champion === undefined) return yes('the gate passed, and there is no champion');
  if (challenger <= champion) {
    return no('it learnt from nothing newer than the champion: what differs is chance');
  }
  if (verdict.superiority?.superior) return yes('the gate passed, and its AUC is better');
  if (isBetter(evaluation.brier, evaluation.champion?.brier)) {
    return yes('the gate passed, and its Brier score is better');
  }
  return no('the gate passed, but no gain is shown');
}

/** What the gate holds is a person's to judge, and so is a model that is measured to be below a floor, and no more. */
function mayBeApproved({ results }: GateVerdict): boolean {
  return results
    .filter(({ verdict }) => verdict === 'fail')
    .every(({ gate, value }) => FLOORS.has(gate) && typeof value === 'number');
}

function objections({ results }: GateVerdict): string {
  return results
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ reason }) => reason)
    .join(' ');
}

/** Smaller is better; what is missing or not a number shows nothing. */
function isBetter(brier: number, champions: number | undefined): boolean {
  return champions !== undefined && Math.round(brier * 1e9) < Math.round(champions * 1e9);
}
