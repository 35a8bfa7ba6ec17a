/** Scoring: a trained model becomes ONNX, proven equal; ONNX Runtime scores a table in bounded memory. */
import type { Interval } from '../../workflows/domain/interval.ts';
import type { ArtefactRef, TableRef } from '../../workflows/domain/reference.ts';
import type { Candidate, Dataset } from '../training/contract.ts';

export interface Parity {
  readonly rows: number;
  /** ONNX Runtime against the exact walker, and against the trainer's own predictions: the larger. */
  readonly maxAbsDiff: number;
}

export interface ConvertedModel {
  readonly onnx: ArtefactRef;
  readonly parity: Parity;
}

/** A version pinned for a whole run. */
export interface PinnedModel {
  readonly model: string;
  readonly version: number;
  /** Digest of the ONNX file; what is loaded must have it. */
  readonly digest: string;
}

export interface Scored {
  readonly predictions: TableRef;
  readonly rows: number;
  readonly scoreMean: number | null;
  readonly aboveThreshold: number;
  readonly model: PinnedModel;
}

export interface ScoringActivities {
  /** @throws ParityFailed when the two are more than 1e-5 apart, UnsupportedModel */
  convert(input: {
    project: string;
    candidate: Candidate;
    dataset: Dataset;
    key: string;
  }): Promise<ConvertedModel>;
  /** @throws DigestMismatch */
  score(input: {
    project: string;
    interval: Interval;
    features: TableRef;
    model: PinnedModel;
    key: string;
  }): Promise<Scored>;
  /** An uploaded file in the source's schema. @throws InvalidUpload listing missing and mistyped columns */
  scoreFile(input: {
    project: string;
    file: string;
    model: PinnedModel;
    output: string;
    key: string;
  }): Promise<{ rows: number; output: string; scoreMean: number | null }>;
}
