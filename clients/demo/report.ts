/** What the demo tells: a document for programs (`--json`), of which the printed lines are a part. */
import type { RegistryEntry } from '../../activities/registry/contract.ts';
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
  /** What the gate said of a challenger trained in this month. */
  readonly challenger?: { readonly version: number; readonly verdict: string; readonly promoted: boolean };
  /** Of this month's scores, once its labels are there. */
  readonly auc?: Estimate;
  /** On patients that the champion has never seen. */
  readonly aucUnseen?: Estimate;
  readonly scoreMean?: number;
  readonly eventRate?: number;
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
  readonly reports: readonly string[];
  readonly seconds: number;
}
