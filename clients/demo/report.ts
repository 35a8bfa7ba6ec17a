/** What the demo tells: a document for programs (`--json`), of which the printed lines are a part. */
import type { RegistryEntry } from '../../activities/registry/contract.ts';
import type { DriftVerdict } from '../../workflows/domain/drift/compare.ts';
import type { Action } from '../../workflows/domain/governance/decision.ts';
import type { Estimate } from '../../workflows/domain/evaluation.ts';
import type { Interval } from '../../workflows/domain/interval.ts';

export interface DemoMonth {
  readonly interval: Interval;
  readonly run: string;
  readonly rows: {
    readonly in: number;
    readonly duplicates: number;
    readonly quarantined: number;
    readonly excluded: number;
    readonly gold: number;
  };
  readonly predictions: number;
  /** The one that scored the month. */
  readonly champion?: { readonly version: number; readonly digest: string };
  /** Trained in this month, before it was scored. */
  readonly challenger?: {
    readonly version: number;
    /** Of the gate. */
    readonly verdict: string;
    readonly promoted: boolean;
    /** On the slice that it was judged on, and what it has over the champion there. */
    readonly auc: Estimate;
    readonly difference?: Estimate;
    /** Why it was not promoted. */
    readonly reason?: string;
  };
  /** The month against the baseline of the model that scored it; the features in alarm. */
  readonly drift?: {
    readonly verdict: DriftVerdict;
    readonly scorePsi: number | null;
    readonly alarms: readonly string[];
  };
  /** `retrain` where the month began with a retraining, else what was decided when it had been monitored. */
  readonly decision?: Action;
  /** From when on a retraining is possible, where that is waited for. */
  readonly possibleFrom?: string;
  /** Of this month's scores, once its labels are there. */
  readonly auc?: Estimate;
  /** On patients that the champion has never seen. */
  readonly aucUnseen?: Estimate;
  readonly scoreMean?: number;
  readonly eventRate?: number;
  /** Mean score over event rate. */
  readonly calibration?: Estimate;
  readonly seconds: number;
}

export interface DemoReport {
  readonly store: string;
  readonly temporal: { readonly address: string; readonly ui?: string };
  readonly project: string;
  readonly months: readonly DemoMonth[];
  readonly champion?: {
    readonly version: number;
    readonly digest: string;
    readonly auc: number;
    readonly prAuc: number;
    readonly trainedOn: readonly string[];
  };
  readonly registryLog: readonly {
    readonly kind: RegistryEntry['kind'];
    readonly version: number | null;
    readonly at: string;
    readonly reason: string;
  }[];
  /** Where they can be opened. */
  readonly reports: readonly string[];
  readonly seconds: number;
}
