/** The registry: immutable versions, and aliases that are the outcome of replaying an append-only log. */
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { Decision } from '../../workflows/domain/governance/decision.ts';
import type { Situation } from '../../workflows/domain/governance/situation.ts';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import type { Candidate, Dataset } from '../training/contract.ts';

export type Alias = 'champion' | 'challenger' | 'previous';

/** Immutable; it exists once the log says `registered`. */
export interface ModelVersion extends PinnedModel {
  /** Idempotency key that it was registered under. */
  readonly key: string;
  readonly registeredAt: string;
  readonly run: string;
  readonly codeVersion: string;
  readonly candidate: Candidate;
  readonly dataset: Dataset;
  readonly artefacts: Readonly<Record<'onnx' | 'trainer' | 'encoder' | 'metrics' | 'baseline', ArtefactRef>>;
  readonly parity: ConvertedModel['parity'];
}

/** What a person says of a challenger, or what is taken because nobody has. */
interface Approval {
  readonly choice: 'approve' | 'reject';
  readonly comment?: string;
  readonly timedOut: boolean;
}

/** What an entry says. How aliases follow from it is stated at `replay`. */
export type RegistryEvent = { readonly key: string; readonly by: string } & (
  | { readonly kind: 'registered'; readonly version: number; readonly digest: string }
  | {
      readonly kind: 'gate';
      readonly version: number;
      readonly against: number | null;
      readonly verdict: GateVerdict;
    }
  | {
      readonly kind: 'alias';
      readonly alias: Alias;
      readonly version: number | null;
      readonly expected: number | null;
      readonly reason: string;
    }
  | { readonly kind: 'rollback'; readonly from: number; readonly version: number; readonly reason: string }
  | {
      readonly kind: 'decision';
      /** The champion that it is about. */
      readonly version: number | null;
      readonly decision: Decision;
      /** The decision with everything that it was made from. */
      readonly document: ArtefactRef;
    }
  | ({ readonly kind: 'approval'; readonly version: number } & Approval)
  | {
      readonly kind: 'freeze';
      readonly version: number | null;
      /** While it is, the governor starts nothing. */
      readonly frozen: boolean;
      readonly reason: string;
    }
);

/** Numbered from 1 without a gap. */
export type RegistryEntry = RegistryEvent & { readonly number: number; readonly at: string };

/** The read side. Every method but `models` throws UnknownModel, naming the known ones. */
export interface Registry {
  models(): Promise<string[]>;
  /** @throws UnknownVersion naming the known ones, DigestMismatch */
  version(model: string, version: number): Promise<ModelVersion>;
  /** In the order of their numbers. */
  versions(model: string): Promise<ModelVersion[]>;
  log(model: string): Promise<RegistryEntry[]>;
  aliases(model: string): Promise<Readonly<Partial<Record<Alias, number>>>>;
  /** Bytes of an artefact of a version. @throws DigestMismatch when they are not what was registered */
  artefact(model: string, version: number, name: keyof ModelVersion['artefacts']): Promise<Uint8Array>;
}

/** What the log says of a model that bears on its governance. */
export type Standing = Pick<
  Situation,
  'champion' | 'championUntil' | 'lastTrainedOn' | 'attempts' | 'frozen'
>;

/** A version, what it was trained on, and how it was judged when it was registered. */
export interface DescribedModel extends PinnedModel {
  /** Start of the interval in which its training rows end. */
  readonly trainedUntil: string;
  /** Starts of the intervals of its snapshot, in time order. */
  readonly trainedOn: readonly string[];
  readonly evaluation: EvaluationReport;
}

export interface RegistryActivities {
  /** The new version becomes the challenger. Registering twice under one key gives the same version. */
  register(input: {
    project: string;
    candidate: Candidate;
    dataset: Dataset;
    converted: ConvertedModel;
    metrics: ArtefactRef;
    baseline: ArtefactRef;
    run: string;
    key: string;
  }): Promise<PinnedModel>;
  /** A challenger that fails is one no longer. */
  recordGate(input: {
    model: string;
    version: number;
    against: number | null;
    verdict: GateVerdict;
    by: string;
    key: string;
  }): Promise<void>;
  /** `null` where nothing has the alias, a model without versions included. */
  pinned(input: { model: string; alias: Alias }): Promise<PinnedModel | null>;
  /** With what a gate and a planned retraining ask of a version. @throws UnknownModel, UnknownVersion */
  describe(input: { model: string; version: number }): Promise<DescribedModel>;
  /** The same of the version that has the alias; `null` where nothing has it. */
  describeAlias(input: { model: string; alias: Alias }): Promise<DescribedModel | null>;
  /** The same of the version that was registered last, whatever became of it; `null` where there is none. */
  describeNewest(input: { model: string }): Promise<DescribedModel | null>;
  /**
   * Compare-and-set of the champion; the one before becomes `previous`.
   * @throws AliasConflict naming who holds it, UnknownVersion, DigestMismatch
   */
  promote(input: {
    model: string;
    version: number;
    expected: number | null;
    by: string;
    reason: string;
    key: string;
  }): Promise<PinnedModel>;
  /** A challenger that is rejected is one no longer. */
  recordApproval(
    input: { model: string; version: number; by: string; key: string } & Approval,
  ): Promise<void>;
  standing(input: { model: string }): Promise<Standing>;
  recordDecision(input: {
    model: string;
    decision: Decision;
    situation: Situation;
    by: string;
    key: string;
  }): Promise<void>;
  /** A person's word that the governor starts nothing, or that it may again: this also forgives failed attempts. */
  recordFreeze(input: {
    model: string;
    frozen: boolean;
    by: string;
    reason: string;
    key: string;
  }): Promise<void>;
  /** Champion back to previous, one step; after it there is no previous. @throws NothingToRollBack, DigestMismatch */
  rollback(input: { model: string; by: string; reason: string; key: string }): Promise<PinnedModel>;
}
