/** Monitoring: an interval that a model has scored, held against the baseline that was frozen with the model. */
import type { Baseline } from '../../workflows/domain/drift/baseline.ts';
import type { DriftVerdict } from '../../workflows/domain/drift/compare.ts';
import type { Decision } from '../../workflows/domain/governance/decision.ts';
import type { JudgedInterval } from '../../workflows/domain/governance/situation.ts';
import type { Interval } from '../../workflows/domain/interval.ts';
import type { ArtefactRef, TableRef } from '../../workflows/domain/reference.ts';
import type { MonthlyPerformance } from '../evaluation/contract.ts';
import type { ConvertedModel, PinnedModel } from '../scoring/contract.ts';
import type { Dataset } from '../training/contract.ts';

/** Frozen with a model version, as its artefact `baseline`. */
export interface ModelBaseline {
  readonly format: 'assay-model-baseline-1';
  /** Starts of the intervals that the features are from. */
  readonly intervals: readonly string[];
  readonly features: Baseline;
  /** Of held-out rows, never of rows that the model was trained on. */
  readonly score: Baseline;
  /** Of the same rows as the score. */
  readonly eventRate: number;
  /** All rows up to the last one that the model learnt from: reported beside the others, never judged by. */
  readonly training?: { readonly intervals: readonly string[]; readonly features: Baseline };
}

/** What an interval looked like; all of it stands in the monitoring table. */
export interface Monitored {
  readonly interval: Interval;
  readonly model: PinnedModel;
  readonly rows: number;
  readonly verdict: DriftVerdict;
  readonly scorePsi: number | null;
  /** Features in alarm, and those worth a look. */
  readonly alarms: readonly string[];
  readonly warnings: readonly string[];
  readonly faults: readonly { readonly column: string; readonly reason: string }[];
  readonly scoreMean: number | null;
  /** The whole comparison, for the report. */
  readonly comparison: ArtefactRef;
}

export interface MonitoringActivities {
  /**
   * Features from the newest interval trained on that is large enough, the score from the rows newer than
   * anything trained on.
   */
  baseline(input: {
    project: string;
    dataset: Dataset;
    converted: ConvertedModel;
    key: string;
  }): Promise<ArtefactRef>;
  /** Replaces what the table had of the interval. @throws NothingToMonitor */
  measure(input: {
    project: string;
    interval: Interval;
    features: TableRef;
    predictions: TableRef;
    model: PinnedModel;
    run: string;
    key: string;
  }): Promise<Monitored>;
  /** Likewise, of an interval whose labels have come. */
  recordPerformance(input: {
    project: string;
    performance: MonthlyPerformance;
    run: string;
    key: string;
  }): Promise<void>;
  /** The newest intervals that a version has scored, in time order; measures that were always fine are left out. */
  judged(input: { project: string; version: number }): Promise<readonly JudgedInterval[]>;
  /** What a monitoring report shows, as JSON: the comparison, what was decided on it, and the intervals before. */
  report(input: {
    project: string;
    monitored: Monitored;
    decision: Decision;
    key: string;
  }): Promise<ArtefactRef>;
}
