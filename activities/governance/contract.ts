/** Governance as workflows reach it: what a project's spec says of it, and its governor. */
import type { Decision } from '../../workflows/domain/governance/decision.ts';
import type { GovernancePolicy } from '../../workflows/domain/governance/policy.ts';
import type { PlanningRules } from '../../workflows/domain/governance/situation.ts';
import type { RetrainingOutcome } from '../../workflows/domain/governance/outcome.ts';

interface Governed {
  readonly model: string;
  readonly policy: GovernancePolicy;
  readonly rules: PlanningRules;
}

/** What a person wants of a governor. */
export interface PersonsWord {
  /** A retraining; that nothing is started; or that it may be again, which also forgives failed attempts. */
  readonly says: 'retrain' | 'freeze' | 'resume';
  readonly by: string;
  readonly reason: string;
}

/** Somebody wants to know what is to be done, as of a time. */
export interface Ask {
  /** RFC 3339: what had matured by then counts. */
  readonly asOf: string;
  /** Asked again under the same key, it is the same question: nothing is decided twice. */
  readonly key: string;
  /** Answer when no retraining is under way any more. */
  readonly wait?: boolean;
  /** Taken down before it is decided. */
  readonly word?: PersonsWord;
}

export interface Answer {
  readonly decision: Decision;
  /** That which the decision led to, or which was under way; only to those who waited for it. */
  readonly retraining?: RetrainingOutcome;
}

export interface GovernanceActivities {
  /** @throws UnknownProject */
  policy(input: { project: string }): Promise<Governed>;
  /** Asks the model's governor, which is started where there is none. */
  ask(input: { project: string } & Ask): Promise<Answer>;
}
