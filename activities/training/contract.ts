/** Training: a pinned snapshot becomes encoded channels, channels become candidates. SageMaker's contract. */
import type { MaturedInterval } from '../../workflows/domain/judging-slice.ts';
import type { ArtefactRef, TableRef } from '../../workflows/domain/reference.ts';
import type { JobUsage } from './sagemaker/contract.ts';

export type Family = 'boosted' | 'forest' | 'linear';

/** What a model may learn from: tables at versions, and only rows whose labels had matured. */
export interface TrainingSnapshot {
  readonly features: TableRef;
  readonly labels: TableRef;
  /** RFC 3339; only labels known at that time count. */
  readonly asOf: string;
  /** Starts of the matured intervals, in time order. */
  readonly intervals: readonly string[];
  /** The same, with their counts. */
  readonly matured: readonly MaturedInterval[];
  readonly rows: number;
  readonly positives: number;
  readonly digest: string;
}

export interface Channel {
  /** Folder in the store: Parquet, FLOAT columns only, the label first, nothing else in it. */
  readonly prefix: string;
  readonly rows: number;
  readonly positives: number;
}

/** A place in the order of rows: interval first, then key. */
export interface Position {
  readonly interval: string;
  readonly key: string;
}

export interface Dataset {
  readonly snapshot: TrainingSnapshot;
  readonly encoder: ArtefactRef;
  /** The training side; a validation part of it where selection is by one. */
  readonly channels: { readonly train: Channel; readonly validation?: Channel };
  /** Only where selection is by cross-validation: the training side in k parts by patient. */
  readonly folds?: readonly Channel[];
  /**
   * The newest rows that have matured, whole: Parquet with key, entity, interval, slice columns and label
   * under the project's names, then the features as `encodedColumns` names them.
   */
  readonly test: Channel;
  /** The last row before the test part: everything the model has seen is at or before it. */
  readonly trainedUntil: Position;
  /** Rows that left the training side because their patient stands in the test part. */
  readonly removedForTestEntities: number;
  readonly eventRate: number;
  /** The newest interval of the training side, whole; only where an intercept is to be fitted to it. */
  readonly newest?: Channel & { readonly interval: string };
  readonly digest: string;
}

export interface Candidate {
  readonly family: Family;
  readonly trial: number;
  readonly trials: number;
  /** As SageMaker has them: strings. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly validation: { readonly auc: number; readonly logLoss: number };
  /** The trainer's own file, UBJSON. */
  readonly model: ArtefactRef;
  readonly seconds: number;
  /** Known of the one that was chosen. */
  readonly seeds?: SeedSpread;
  /** Where its intercept was corrected after the search; validation figures are those from before. */
  readonly intercept?: InterceptCorrection;
  /** Where it was trained on SageMaker: the job that made the model. */
  readonly job?: JobUsage;
}

/** What was added to the log odds of every row, and what for. */
export interface InterceptCorrection {
  readonly shift: number;
  /** Start of the interval that it was fitted to, with its rows. */
  readonly interval: string;
  readonly rows: number;
  readonly positives: number;
  /** Of these rows, before the correction; after it, it is their event rate. */
  readonly meanScoreBefore: number;
}

/** What another seed alone does to the AUC of a recipe. */
export interface SeedSpread {
  /** That were judged: of the validation part, or of the last fold. */
  readonly rows: number;
  /** One for each seed. */
  readonly aucs: readonly number[];
  /** Of one AUC; a difference of two models has √2 times as much. */
  readonly standardDeviation: number;
}

export interface TrainingActivities {
  /** Also of nothing at all: whether it is enough to learn from, `prepare` decides. */
  snapshot(input: { project: string; asOf: string }): Promise<TrainingSnapshot>;
  /**
   * @param input.championUntil start of the interval in which the champion's training rows end: the test part is
   * then the slice that both are judged on, by whole intervals, and not the spec's share of the rows
   * @throws NotEnoughData
   */
  prepare(input: {
    project: string;
    snapshot: TrainingSnapshot;
    championUntil?: string;
    key: string;
  }): Promise<Dataset>;
  /** Resumes at the first trial whose result is not in the store. */
  search(input: { project: string; dataset: Dataset; family: Family; key: string }): Promise<Candidate>;
  /** The candidate with another `base_score`, where the spec asks for one. @throws InvalidModel */
  correct(input: {
    project: string;
    dataset: Dataset;
    candidate: Candidate;
    key: string;
  }): Promise<Candidate>;
  /** Trains the candidate's recipe again with other seeds; `null` where the spec asks for none. */
  reseed(input: {
    project: string;
    dataset: Dataset;
    candidate: Candidate;
    key: string;
  }): Promise<SeedSpread | null>;
}
