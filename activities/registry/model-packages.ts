/**
 * What becomes of a version, told to a registry elsewhere, so that whoever looks there sees the same: registered,
 * approved with its promotion, rejected by its gate or a rollback. Our log stays the truth; telling twice changes nothing.
 */
import type { Registry, RegistryActivities } from './contract.ts';

export interface ModelPackages {
  register(version: PackagedVersion): Promise<void>;
  /** Versions that were never registered there, for want of an archive of their own, are none of its business. */
  decide(version: { model: string; version: number }, decision: PackageDecision): Promise<void>;
}

export interface PackagedVersion {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly run: string;
  /** Image and archive of the job that trained it. */
  readonly image: string;
  readonly archive: string;
  /** Key of the evaluation report in the store. */
  readonly metrics: string;
}

interface PackageDecision {
  readonly status: 'Approved' | 'Rejected';
  readonly reason: string;
}

export function withModelPackages(
  activities: RegistryActivities,
  registry: Registry,
  packages: ModelPackages,
): RegistryActivities {
  return {
    ...activities,
    register: async (input) => {
      const pinned = await activities.register(input);
      const { job } = input.candidate;
      // The local trainer leaves no archive that SageMaker could serve.
      if (job === undefined) return pinned;
      const { artefacts } = await registry.version(pinned.model, pinned.version);
      const { image, archive } = job;
      await packages.register({ ...pinned, run: input.run, image, archive, metrics: artefacts.metrics.key });
      return pinned;
    },
    recordGate: async (input) => {
      await activities.recordGate(input);
      const { verdict, results } = input.verdict;
      if (verdict !== 'fail') return;
      const failed = results.filter((result) => result.verdict === 'fail').map(({ gate }) => gate);
      await packages.decide(input, { status: 'Rejected', reason: `the gate failed: ${failed.join(', ')}` });
    },
    promote: async (input) => {
      const pinned = await activities.promote(input);
      await packages.decide(pinned, { status: 'Approved', reason: input.reason });
      return pinned;
    },
    rollback: async (input) => {
      const pinned = await activities.rollback(input);
      const { reason } = input;
      const entry = (await registry.log(input.model)).find(({ key }) => key === input.key);
      if (entry?.kind === 'rollback') {
        const { model } = input;
        await packages.decide({ model, version: entry.from }, { status: 'Rejected', reason });
      }
      await packages.decide(pinned, { status: 'Approved', reason });
      return pinned;
    },
  };
}
