/** Whether a feed is broken. That asks for a fix, never for a retraining, and must not hide behind drift. */
import type { ColumnCounts } from './baseline.ts';

export interface DataQuality {
  readonly verdict: 'ok' | 'broken' | 'insufficient_data';
  readonly reasons: readonly string[];
}

export interface SideCounts {
  readonly rows: number;
  readonly counts: ColumnCounts;
}

/** Points by which the missing share may rise; a fall in missingness is drift, not damage. */
const MISSING_RISE = 0.5;
/** A column that misses so much is not being delivered. */
const MISSING_MOST = 0.98;
/** On a logarithmic scale nearer to a factor of 100 than to one of 10. */
const UNIT_FACTOR = 10 ** 1.5;

export function judgeQuality(reference: SideCounts, current: SideCounts, minRows: number): DataQuality {
  if (reference.rows < minRows || current.rows < minRows) {
    return { verdict: 'insufficient_data', reasons: [] };
  }
  const reasons = [
    ...missingReasons(missingShare(reference), missingShare(current)),
    ...unitReasons(reference.counts, current.counts),
    ...infiniteReasons(reference.counts, current.counts),
  ];
  return { verdict: reasons.length > 0 ? 'broken' : 'ok', reasons };
}

export function missingShare({ rows, counts }: SideCounts): number {
  return rows === 0 ? 1 : counts.missing / rows;
}

function missingReasons(before: number, now: number): string[] {
  const rise = round(now - before);
  if (rise >= MISSING_RISE) return [`missing in ${percent(now)} of the rows, up from ${percent(before)}`];
  const most = round(now) >= MISSING_MOST && round(before) < MISSING_MOST;
  return most ? [`missing in ${percent(now)} of the rows, which is next to all`] : [];
}

/** By the medians, which a single wild value does not move; a median of zero has no unit to compare. */
function unitReasons({ summary: before }: ColumnCounts, { summary: now }: ColumnCounts): string[] {
  if (!before?.median || !now?.median) return [];
  const factor = now.median / before.median;
  if (factor < UNIT_FACTOR && factor > 1 / UNIT_FACTOR) return [];
  if (factor <= 0) return [];
  return [`the median went from ${before.median} to ${now.median}: has the unit changed?`];
}

function infiniteReasons(before: ColumnCounts, now: ColumnCounts): string[] {
  return now.infinite > 0 && before.infinite === 0
    ? [`${now.infinite} infinite ${now.infinite === 1 ? 'value' : 'values'}, where the reference has none`]
    : [];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function round(share: number): number {
  return Math.round(share * 1e9) / 1e9;
}
