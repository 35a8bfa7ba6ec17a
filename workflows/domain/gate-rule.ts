/** How one gate is written: a figure, a bound, and what to say. Closed unless there is a number. */
import type { GateResult, Verdict } from './gates.ts';

export interface Finding {
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface NumberRule {
  readonly gate: string;
  /** What the figure is, to begin a sentence with: `AUC`. */
  readonly name: string;
  readonly value: number | null | undefined;
  readonly bound: string;
  /** Gets the value rounded to 1e-9, so that no verdict hangs on the last bit. */
  readonly decide: (rounded: number) => Finding;
}

const ROUNDING = 1e9;
const SHOWN_DECIMALS = 4;
const MOST_DECIMALS = 9;

export function numberGate(rule: NumberRule): GateResult {
  const { gate, bound, value } = rule;
  if (!isNumber(value)) return missing(gate, bound, rule.name);
  return { gate, value, bound, ...rule.decide(rounded(value)) };
}

export function missing(gate: string, bound: string, name: string): GateResult {
  const reason = `${name} is missing or not a number, and what was not measured does not pass.`;
  return { gate, verdict: 'fail', value: null, bound, reason };
}

export function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function rounded(value: number): number {
  return Math.round(value * ROUNDING) / ROUNDING;
}

/** For people: four decimals, or as many as it takes to tell the value from its bound. */
export function shown(value: number, bound?: number): string {
  for (let decimals = SHOWN_DECIMALS; decimals < MOST_DECIMALS; decimals += 1) {
    const text = plain(value, decimals);
    if (bound === undefined || value === bound || text !== plain(bound, decimals)) return text;
  }
  return plain(value, MOST_DECIMALS);
}

function plain(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
