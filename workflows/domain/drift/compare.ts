/** Drift: counts of a reference and of what is there now, judged column by column. */
import type { Baseline, ColumnBaseline, ColumnCounts, CurrentCounts, Summary } from './baseline.ts';
import { binOfCell, binsOf, cellValue, type Bin, type Bins, type ColumnKind } from './bins.ts';
import { kolmogorovSmirnov, type KolmogorovSmirnov } from './kolmogorov.ts';
import {
  criticalPsi,
  jensenShannon,
  psi,
  smoothedPsi,
  twoSampleChiSquare,
  type BinPair,
  type ChiSquare,
} from './measures.ts';
import type { DriftPolicy } from './policy.ts';
import { judgeQuality, missingShare, type DataQuality } from './quality.ts';

export type DriftVerdict = 'ok' | 'warn' | 'alarm' | 'insufficient_data';

interface Sides<T> {
  readonly reference: T;
  readonly current: T;
}

/** Measures are null where a side has no rows. All shares are of all rows, missing ones included. */
export interface ColumnDrift {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly binning: Bins['binning'];
  readonly verdict: DriftVerdict;
  /** Why it is that, in a sentence. */
  readonly reason: string;
  readonly psi: number | null;
  readonly psiSmoothed: number | null;
  /** What the smoothed PSI exceeds by chance with probability alpha. */
  readonly psiCritical: number | null;
  readonly chiSquare: ChiSquare | null;
  readonly ks?: KolmogorovSmirnov;
  readonly jensenShannon: number | null;
  readonly missing: Sides<number>;
  readonly unseen: Sides<number>;
  readonly quality: DataQuality;
  readonly summary?: Sides<Summary>;
  readonly bins: readonly (Bin & Sides<number> & { readonly counts: Sides<number> })[];
}

export interface DriftReport {
  readonly verdict: DriftVerdict;
  readonly quality: DataQuality['verdict'];
  readonly reference: { readonly rows: number };
  readonly current: { readonly rows: number };
  readonly columns: readonly ColumnDrift[];
}

/** Worst first: a column that could not be judged keeps the whole from being fine. */
const SEVERITY: readonly DriftVerdict[] = ['alarm', 'warn', 'insufficient_data', 'ok'];
const QUALITY_SEVERITY: readonly DataQuality['verdict'][] = ['broken', 'insufficient_data', 'ok'];

export function compareWithBaseline(
  baseline: Baseline,
  current: CurrentCounts,
  policy: DriftPolicy,
): DriftReport {
  const rows = { reference: baseline.rows, current: current.rows };
  const columns = baseline.columns.map((column, index) =>
    compareColumn(column, current.columns[index] ?? nothing(column.name), rows, policy),
  );
  const verdicts = new Set(columns.map(({ verdict }) => verdict));
  const qualities = new Set(columns.map(({ quality }) => quality.verdict));
  return {
    verdict: SEVERITY.find((verdict) => verdicts.has(verdict)) ?? 'insufficient_data',
    quality: QUALITY_SEVERITY.find((verdict) => qualities.has(verdict)) ?? 'insufficient_data',
    reference: { rows: rows.reference },
    current: { rows: rows.current },
    columns,
  };
}

function compareColumn(
  { name, bins, counts }: ColumnBaseline,
  current: ColumnCounts,
  rows: Sides<number>,
  policy: DriftPolicy,
): ColumnDrift {
  const tallies = binsOf(bins).map((bin) => ({ bin, reference: 0, current: 0 }));
  fill(tallies, bins, { reference: expectedOfItself(bins, counts), current });
  const taken = tallies.filter((tally) => tally.reference > 0 || tally.current > 0);
  const judged = rows.reference > 0 && rows.current > 0 ? measure(taken, policy) : UNMEASURED;
  const sides = {
    reference: { rows: rows.reference, counts },
    current: { rows: rows.current, counts: current },
  };
  const missing = { reference: missingShare(sides.reference), current: missingShare(sides.current) };
  const unseen = tallies.find(({ bin }) => bin.kind === 'unseen');
  return {
    name,
    kind: bins.kind,
    binning: bins.binning,
    ...verdictOf(judged, rows, missing, policy),
    ...judged,
    ...kolmogorovOf(bins, counts, current),
    missing,
    unseen: shares(unseen ?? { reference: 0, current: 0 }, rows),
    quality: judgeQuality(sides.reference, sides.current, policy.minRows),
    ...(counts.summary && current.summary
      ? { summary: { reference: counts.summary, current: current.summary } }
      : {}),
    bins: taken.map(({ bin, ...pair }) => ({ ...bin, ...shares(pair, rows), counts: pair })),
  };
}

type Tally = { readonly bin: Bin } & { -readonly [side in keyof BinPair]: number };

function fill(tallies: readonly Tally[], bins: Bins, counts: Sides<ColumnCounts>): void {
  const binOf = binOfCell(bins);
  for (const side of ['reference', 'current'] as const) {
    for (const [cell, count] of counts[side].cells.entries()) {
      const tally = tallies[binOf[cell] ?? Number.NaN];
      if (tally) tally[side] += count;
    }
    const missing = tallies.at(-1);
    if (missing) missing[side] += counts[side].missing;
  }
}

/**
 * The reference as it would meet itself: a rare value that occurs once is news to all the other rows, so it
 * counts as unseen. Its share is what new rows of the same distribution are expected to bring (Good 1953);
 * without this, a column of many rare values would be in alarm against its own other half. Where there are
 * more categories than are told apart, the rows of the least frequent ones among those count in the same way:
 * values that occur r times and more bring as many rows again as stand in those that occur r + 1 times and more.
 */
function expectedOfItself(bins: Bins, counts: ColumnCounts): ColumnCounts {
  if (bins.binning !== 'values' && bins.binning !== 'categories') return counts;
  const binOf = binOfCell(bins);
  const rare = bins.apart.length;
  const unseenCell = binOf.indexOf(rare + 1);
  const isCut = bins.binning === 'categories' && (counts.cells[unseenCell] ?? 0) > 0;
  const ofRare = counts.cells.filter((count, cell) => count > 0 && binOf[cell] === rare);
  const once = isCut ? ofRare.reduce((least, count) => Math.min(least, count), Infinity) : 1;
  const isNews = (count: number, cell: number): boolean => count === once && binOf[cell] === rare;
  const news = counts.cells.filter(isNews).reduce((sum, count) => sum + count, 0);
  const cells = counts.cells.map((count, cell) =>
    cell === unseenCell ? count + news : isNews(count, cell) ? 0 : count,
  );
  return { ...counts, cells };
}

type Measured = Pick<ColumnDrift, 'psi' | 'psiSmoothed' | 'psiCritical' | 'chiSquare' | 'jensenShannon'>;

const UNMEASURED: Measured = {
  psi: null,
  psiSmoothed: null,
  psiCritical: null,
  chiSquare: null,
  jensenShannon: null,
};

function measure(bins: readonly BinPair[], { floor, alpha }: DriftPolicy): Measured {
  return {
    psi: psi(bins, floor),
    psiSmoothed: smoothedPsi(bins),
    psiCritical: criticalPsi(bins, alpha),
    chiSquare: twoSampleChiSquare(bins),
    jensenShannon: jensenShannon(bins),
  };
}

function verdictOf(
  measured: Measured,
  rows: Sides<number>,
  missing: Sides<number>,
  policy: DriftPolicy,
): Pick<ColumnDrift, 'verdict' | 'reason'> {
  const insufficient = (reason: string) => ({ verdict: 'insufficient_data', reason }) as const;
  const fewest = Math.min(rows.reference, rows.current);
  if (fewest < policy.minRows)
    return insufficient(`${fewest} ${fewest === 1 ? 'row' : 'rows'} where ${policy.minRows} are needed`);
  if (missing.reference === 1 && missing.current === 1) return insufficient('no value on either side');
  const { psi: index, psiSmoothed, psiCritical, chiSquare } = measured;
  if (index === null || psiSmoothed === null || psiCritical === null || chiSquare === null) {
    return insufficient('nothing to measure');
  }
  if (!(round(psiCritical) <= policy.warn)) {
    return insufficient(
      `chance alone reaches a PSI of ${psiCritical.toFixed(3)} with so few rows for so many bins`,
    );
  }
  if (round(index) < policy.warn) return { verdict: 'ok', reason: `PSI below ${policy.warn}` };
  if (!(psiSmoothed > psiCritical && chiSquare.pValue < policy.alpha)) {
    return { verdict: 'ok', reason: `PSI from ${policy.warn} on, but it may be chance` };
  }
  const verdict = round(index) >= policy.alarm ? 'alarm' : 'warn';
  return { verdict, reason: `PSI from ${policy[verdict]} on, and both tests say it is no chance` };
}

function kolmogorovOf(
  bins: Bins,
  reference: ColumnCounts,
  current: ColumnCounts,
): { ks?: KolmogorovSmirnov } {
  if (bins.kind !== 'numeric') return {};
  const hasRoom = (cell: number): boolean => cellValue(bins.grid, cell) === undefined;
  const ks = kolmogorovSmirnov(reference.cells, current.cells, hasRoom);
  return ks ? { ks } : {};
}

function shares(pair: BinPair, rows: Sides<number>): Sides<number> {
  const share = (side: keyof BinPair): number => (rows[side] === 0 ? 0 : pair[side] / rows[side]);
  return { reference: share('reference'), current: share('current') };
}

/** So that a verdict can't hang on the last bit. */
function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function nothing(name: string): never {
  throw new RangeError(`Column ${name} of the baseline was not counted.`);
}
