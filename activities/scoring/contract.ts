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

/** What `assay models convert` makes of any XGBoost file. */
export interface ConvertedFile {
  readonly onnx: Uint8Array;
  readonly objective: string;
  readonly booster: string;
  /** 0 for a linear model. */
  readonly trees: number;
  readonly features: number;
  /** 2 for a binary objective, 0 where nothing is classified. */
  readonly classes: number;
  readonly parity: Parity;
  /** sha256 of the ONNX bytes, hexadecimal. */
  readonly digest: string;
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

export interface ScoredFile {
  readonly rows: number;
  /** Rows of the upload that the project's rules leave out: invalid, excluded, or delivered twice. */
  readonly notScored: number;
  readonly output: string;
  readonly scoreMean: number | null;
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
  /**
   * An uploaded file in the source's schema; `file` and `output` are keys of the store.
   * @throws InvalidUpload listing missing and mistyped columns, UnreadableFile
   */
  scoreFile(input: {
    project: string;
    file: string;
    model: PinnedModel;
    output: string;
    key: string;
  }): Promise<ScoredFile>;
}
