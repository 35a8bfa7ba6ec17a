/** What is watched of the model at work, and what has to be seen before it is trained again. */
import { DEFAULT_DRIFT_POLICY } from '../../workflows/domain/drift/policy.ts';
import { DEFAULT_GOVERNANCE, type GovernancePolicy } from '../../workflows/domain/governance/policy.ts';
import type { MonitoringSpec } from '../../workflows/domain/project.ts';

/** About a fifth of the patients are decided `high`; care for twice as many could not be staffed. */
export const MONITORING: MonitoringSpec = {
  drift: DEFAULT_DRIFT_POLICY,
  baselineRows: { min: 5_000, max: 12_000 },
  highShare: { warning: 0.4, critical: 0.6 },
};

export const GOVERNANCE: GovernancePolicy = { ...DEFAULT_GOVERNANCE, owner: 'the clinical data lead' };
