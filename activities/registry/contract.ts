/** The registry: immutable versions, and aliases that are the outcome of replaying an append-only log. */
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import type { ArtefactRef } from '../../workflows/domain/reference.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import type { Candidate, Dataset } from '../training/contract.ts';

export type Alias = 'champion' | 'challenger' | 'previous';

export interface ModelVersion extends PinnedModel {
  readonly registeredAt: string;
  readonly run: string;
  readonly codeVersion: string;
  readonly candidate: Candidate;
  readonly dataset: Dataset;
  readonly artefacts: Readonly<Record<'onnx' | 'trainer' | 'encoder' | 'metrics', ArtefactRef>>;
  readonly parity: ConvertedModel['parity'];
}

export type RegistryEntry = {
  readonly number: number;
  readonly at: string;
  readonly key: string;
  readonly by: string;
} & (
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
);

export interface Registry {
  models(): Promise<string[]>;
  version(model: string, version: number): Promise<ModelVersion>;
  versions(model: string): Promise<ModelVersion[]>;
  log(model: string): Promise<RegistryEntry[]>;
  aliases(model: string): Promise<Readonly<Partial<Record<Alias, number>>>>;
  /** Bytes of an artefact of a version. @throws DigestMismatch when they are not what was registered */
  artefact(model: string, version: number, name: keyof ModelVersion['artefacts']): Promise<Uint8Array>;
}

export interface RegistryActivities {
  register(input: {
    project: string;
    candidate: Candidate;
    dataset: Dataset;
    converted: ConvertedModel;
    metrics: ArtefactRef;
    run: string;
    codeVersion: string;
    key: string;
  }): Promise<PinnedModel>;
  recordGate(input: {
    model: string;
    version: number;
    against: number | null;
    verdict: GateVerdict;
    by: string;
    key: string;
  }): Promise<void>;
  pinned(input: { model: string; alias: Alias }): Promise<PinnedModel | null>;
  /** Compare-and-set. @throws AliasConflict */
  promote(input: {
    model: string;
    version: number;
    expected: number | null;
    by: string;
    reason: string;
    key: string;
  }): Promise<PinnedModel>;
  /** Champion back to previous, one step. @throws NothingToRollBack, AliasConflict */
  rollback(input: { model: string; by: string; reason: string; key: string }): Promise<PinnedModel>;
}
