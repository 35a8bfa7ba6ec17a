/** What it takes for a model to be trained again, and for what came of it to be promoted without a person. */
import { milliseconds, type Duration } from '../duration.ts';

export interface GovernancePolicy {
  /** So many features must be in alarm for a retraining; fewer wait for the next planned one. */
  readonly minFeatures: number;
  /** In so many judged intervals of one champion in a row, the same column or measure each time. */
  readonly consecutive: number;
  /** Mean score over event rate outside of this, its interval excluding 1, is critical. */
  readonly calibration: { readonly min: number; readonly max: number };
  /** Intervals that must mature after a training before the next one. */
  readonly cooldownIntervals: number;
  /** Retrainings without a promotion before a person must look. */
  readonly maxAttempts: number;
  /**
   * Who promotes what passes the gate: the governor, a person, or the governor unless something was warned of. A
   * person is asked, too, about what the gate holds or what only misses a floor; with `auto` nobody is.
   */
  readonly promotion: 'auto' | 'approval' | 'auto-unless-warned';
  /** Who may promote, anybody by default, and how long that is waited for: after it the challenger is rejected. */
  readonly approval: { readonly assignees?: readonly string[]; readonly timeout: Duration };
  /** Whom `stop-and-ask` names. */
  readonly owner: string;
}

export const DEFAULT_GOVERNANCE: GovernancePolicy = {
  minFeatures: 2,
  consecutive: 2,
  calibration: { min: 0.9, max: 1.1 },
  cooldownIntervals: 1,
  maxAttempts: 3,
  promotion: 'auto',
  approval: { timeout: '7d' },
  owner: "the model's owner",
};

/** Every problem of a policy, in words; none where it can be used. */
export function governanceProblems(policy: GovernancePolicy): string[] {
  const counts = (['minFeatures', 'consecutive', 'maxAttempts'] as const).filter(
    (name) => !(Number.isInteger(policy[name]) && policy[name] >= 1),
  );
  const { min, max } = policy.calibration;
  const { cooldownIntervals, owner } = policy;
  return [
    ...counts.map((name) => `governance.${name} must be a whole number from 1`),
    ...(Number.isInteger(cooldownIntervals) && cooldownIntervals >= 0
      ? []
      : ['governance.cooldownIntervals must be a whole number from 0']),
    ...(min > 0 && min < 1 && max > 1 && Number.isFinite(max)
      ? []
      : ['governance.calibration must enclose 1']),
    ...approvalProblems(policy.approval),
    ...(owner.trim() === '' ? ['governance.owner must be named'] : []),
  ];
}

function approvalProblems({ assignees, timeout }: GovernancePolicy['approval']): string[] {
  return [
    ...(isDuration(timeout)
      ? []
      : ['governance.approval.timeout must be a length of time above 0, such as 7d']),
    ...(assignees === undefined || (assignees.length > 0 && assignees.every((name) => name.trim() !== ''))
      ? []
      : ['governance.approval.assignees must name somebody, or be left out']),
  ];
}

function isDuration(duration: Duration): boolean {
  try {
    return milliseconds(duration) > 0;
  } catch {
    return false;
  }
}
