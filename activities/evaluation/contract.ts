/** Evaluation: figures with intervals for one or two models on one slice, and the gate's inputs. */
import type { Interval } from '../../workflows/domain/interval.ts';
import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { ArtefactRef, TableRef } from '../../workflows/domain/reference.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import type { Dataset } from '../training/contract.ts';

export interface MonthlyPerformance {
  readonly interval: Interval;
  readonly model: PinnedModel;
  readonly rows: number;
  readonly positives: number;
  readonly auc?: { readonly value: number; readonly low: number; readonly high: number };
  /** The same on patients that the model has never seen. */
  readonly aucUnseen?: { readonly value: number; readonly low: number; readonly high: number };
  readonly scoreMean: number;
  readonly eventRate: number;
}

export interface EvaluationActivities {
  /** Challenger, and champion if there is one, on the rows newer than anything either was trained on. */
  evaluate(input: {
    project: string;
    dataset: Dataset;
    challenger: ConvertedModel;
    champion?: PinnedModel;
    key: string;
  }): Promise<{ report: EvaluationReport; artefact: ArtefactRef }>;
  /** Predictions of an interval against its labels; `undefined` until they have matured or where nothing was scored. */
  performance(input: {
    project: string;
    interval: Interval;
    predictions: TableRef;
    asOf: string;
  }): Promise<MonthlyPerformance | undefined>;
}
