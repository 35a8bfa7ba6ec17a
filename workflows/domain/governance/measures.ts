/** Figures of an interval as measures with a level, by the project's bounds. */
import type { Estimate } from '../evaluation.ts';
import { TWO_SIDED_95 } from '../normal.ts';
import type { GovernancePolicy } from './policy.ts';
import type { Level, Measure, MeasureKind } from './situation.ts';

/** 99.9 % quantile of the standard normal distribution. */
const BEYOND_CHANCE = 3.090232306167813;

type DriftVerdict = 'ok' | 'warn' | 'alarm' | 'insufficient_data';

const LEVELS: Readonly<Record<DriftVerdict, Level>> = {
  ok: 'ok',
  warn: 'warning',
  alarm: 'critical',
  insufficient_data: 'insufficient',
};

export function driftMeasure(
  kind: Extract<MeasureKind, 'feature' | 'score'>,
  {
    name,
    verdict,
    psi,
  }: { readonly name: string; readonly verdict: DriftVerdict; readonly psi: number | null },
  { warn, alarm }: { readonly warn: number; readonly alarm: number },
): Measure {
  const threshold = `warn from ${warn}, alarm from ${alarm}, where both tests agree`;
  return { kind, name, level: LEVELS[verdict], value: psi, threshold };
}

/** Share of rows decided `high`. */
export function highShareMeasure(
  value: number | null,
  { warning, critical }: { readonly warning: number; readonly critical: number },
): Measure {
  const level =
    value === null ? 'insufficient' : value >= critical ? 'critical' : value >= warning ? 'warning' : 'ok';
  const threshold = `warning from ${warning}, critical from ${critical}`;
  return { kind: 'output', name: 'share decided high', level, value, threshold };
}

/** Critical outside of the bounds where the interval excludes 1 besides, a warning where it does not. */
export function calibrationMeasure(
  { value, low, high }: Estimate,
  { calibration: { min, max } }: Pick<GovernancePolicy, 'calibration'>,
): Measure {
  const outside = value < min || value > max;
  const excludesOne = low > 1 || high < 1;
  const known = [value, low, high].every(Number.isFinite);
  const level = !known ? 'insufficient' : outside && excludesOne ? 'critical' : outside ? 'warning' : 'ok';
  const threshold = `${min} to ${max}, or an interval that includes 1`;
  return { kind: 'calibration', name: 'calibration', level, value, threshold };
}

/**
 * Critical where an AUC is below the floor, or below what the champion showed on other rows when it was registered,
 * beyond chance (one in a thousand); a warning where one in forty would say so.
 */
export function aucMeasure(matured: Estimate, registered: Estimate, floor: number): Measure {
  const z =
    (registered.value - matured.value) / Math.hypot(standardError(matured), standardError(registered));
  const { value } = matured;
  const level = Number.isNaN(z)
    ? 'insufficient'
    : value < floor || z > BEYOND_CHANCE
      ? 'critical'
      : z > TWO_SIDED_95
        ? 'warning'
        : 'ok';
  const threshold = `${registered.value.toFixed(3)} when it was registered; floor ${floor}`;
  return { kind: 'performance', name: 'auc', level, value, threshold };
}

function standardError({ low, high }: Estimate): number {
  return (high - low) / (2 * TWO_SIDED_95);
}

/**
 * Mean score over event rate. Its 95 % interval is that of the event rate alone (Wilson 1927): scores are given.
 * An upper end is missing where no row is positive.
 */
export function calibrationEstimate(scoreMean: number, positives: number, rows: number): Estimate {
  const z2 = TWO_SIDED_95 ** 2;
  const rate = positives / rows;
  const middle = (rate + z2 / (2 * rows)) / (1 + z2 / rows);
  const half =
    (TWO_SIDED_95 / (1 + z2 / rows)) * Math.sqrt((rate * (1 - rate)) / rows + z2 / (4 * rows * rows));
  return { value: scoreMean / rate, low: scoreMean / (middle + half), high: scoreMean / (middle - half) };
}
