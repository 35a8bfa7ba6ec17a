/** What came of a retraining, for those who waited for it. */
import type { GateVerdict } from '../gates.ts';

interface Version {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
}

export type RetrainingOutcome =
  | {
      readonly run: string;
      readonly challenger: Version;
      readonly gate: GateVerdict;
      readonly promoted: Version | null;
      /** Why it was not promoted. */
      readonly reason?: string;
    }
  | { readonly run: string; readonly error: string };
