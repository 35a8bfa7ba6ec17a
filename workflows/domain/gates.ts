/** The promotion gate: what it says of a challenger, and why. */

export type Verdict = 'pass' | 'fail' | 'hold';

export interface GateResult {
  readonly gate: string;
  readonly verdict: Verdict;
  /** What was found, unrounded; `null` where it is missing or not a number. */
  readonly value: number | string | null;
  readonly bound: string;
  readonly reason: string;
}

/** Said beside the verdict; it neither opens nor shuts the gate. */
export interface Superiority {
  readonly superior: boolean;
  /** One-sided 95 %, of the paired AUC difference. */
  readonly lowerBound: number | null;
  readonly reason: string;
}

export interface GateVerdict {
  /** A fail beats a hold, a hold beats a pass. */
  readonly verdict: Verdict;
  readonly results: readonly GateResult[];
  /** Absent where there is no champion to surpass. */
  readonly superiority?: Superiority;
}

export interface GateContext {
  /** Digest of the champion's ONNX file as the registry has it; `null` where there is no champion yet. */
  readonly championDigest: string | null;
}
