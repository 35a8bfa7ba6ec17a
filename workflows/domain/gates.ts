/** The promotion gate: what it says of a challenger, and why. */

export interface GateResult {
  readonly gate: string;
  readonly verdict: 'pass' | 'fail' | 'hold';
  readonly value: number | string | null;
  readonly bound: string;
  readonly reason: string;
}

export interface GateVerdict {
  readonly verdict: 'pass' | 'fail' | 'hold';
  readonly results: readonly GateResult[];
}
