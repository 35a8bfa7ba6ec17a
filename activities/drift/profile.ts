/** What bins are made from: values, categories and exact quantiles of the reference's columns. */
import { fineGrid, type Bins, type ColumnProfile } from '../../workflows/domain/drift/bins.ts';
import { MAX_VALUES } from '../../workflows/domain/drift/policy.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session, SqlRow } from '../lake/contract.ts';
import { countCells, isFinite } from './count.ts';
import type { DriftColumn } from './contract.ts';
import { orderStatistics } from './order-statistics.ts';

/** Rows that the fine cells are laid by; any cells give exact results, even ones give them fast. */
const SAMPLE = 5_000;
const CELLS = 200;
/** Columns with about so many distinct values are counted together, in one pass. */
const FEW = 1_000;
/**
 * Categories beyond this, and those that occur as often as the first of them, are counted as if they had never been
 * seen, on both sides alike: chance alone would choose between those that are equally frequent.
 */
const MAX_CATEGORIES = 10_000;

/** @param bins quantiles are worked out at 1/bins, 2/bins, … */
export async function profileColumns(
  session: Session,
  view: string,
  columns: readonly DriftColumn[],
  bins: number,
): Promise<ColumnProfile[]> {
  const [counted] = await session.rows<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${quoteIdentifier(view)}`,
  );
  const rows = counted?.rows ?? 0;
  const distinct = await distinctOf(session, view, columns);
  const few = columns.filter(({ name }) => (distinct.get(name) ?? 0) <= FEW);
  const frequencies = await frequenciesOf(session, view, few);
  const numeric = columns.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const many = numeric.filter((name) => (frequencies.get(name)?.length ?? MAX_VALUES + 1) > MAX_VALUES);
  const samples = await sampleOf(session, view, many, { rows, columns });
  const numbers = numeric.map((name) => layCells(name, samples.get(name), frequencies.get(name)));
  const measured = await measureNumbers(session, view, numbers, { rows, bins });
  const profiles: ColumnProfile[] = [];
  for (const { name } of columns) {
    const found = measured.get(name);
    if (found) profiles.push(found);
    else {
      const categories = frequencies.get(name) ?? (await categoriesOf(session, view, name));
      profiles.push({ name, kind: 'categorical', rows, categories: mostFrequentFirst(categories) });
    }
  }
  return profiles;
}

interface Frequency<T> {
  readonly value: T;
  readonly count: number;
}

interface LaidColumn {
  readonly name: string;
  readonly values?: readonly Frequency<number>[];
  readonly grid: readonly number[];
}

function layCells(
  name: string,
  sample: readonly number[] | undefined,
  frequencies: readonly Frequency<unknown>[] = [],
): LaidColumn {
  if (sample) return { name, grid: fineGrid(sample, 'sample') };
  const values = frequencies
    .map(({ value, count }) => ({ value: Number(value), count }))
    .toSorted((a, b) => a.value - b.value);
  const numbers = values.map(({ value }) => value);
  return { name, values, grid: fineGrid(numbers, 'values') };
}

async function measureNumbers(
  session: Session,
  view: string,
  numbers: readonly LaidColumn[],
  { rows, bins }: { readonly rows: number; readonly bins: number },
): Promise<ReadonlyMap<string, ColumnProfile>> {
  const cells = await countCells(
    session,
    view,
    numbers.map(({ name, grid }): { name: string; bins: Bins } => ({
      name,
      bins: { kind: 'numeric', binning: 'edges', grid, edges: [] },
    })),
  );
  const quantiles = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
  const statistics = await orderStatistics(
    session,
    view,
    numbers.flatMap(({ name, grid }, index) => {
      const found = cells.columns[index];
      return found ? [{ name, grid, ...found, quantiles }] : [];
    }),
  );
  return new Map(
    numbers.map((laid, index): [string, ColumnProfile] => {
      const { min = null, max = null } = cells.columns[index]?.summary ?? {};
      const found = statistics.get(laid.name) ?? [];
      return [laid.name, { ...laid, kind: 'numeric', rows, min, max, quantiles: found }];
    }),
  );
}

/** About how many values every column tells apart, in one pass. */
async function distinctOf(
  session: Session,
  view: string,
  columns: readonly DriftColumn[],
): Promise<ReadonlyMap<string, number>> {
  const selected = columns.map(
    ({ name }, index) => `approx_count_distinct(${quoteIdentifier(name)}) AS d${index}`,
  );
  const [row = {}] = await session.rows<SqlRow>(
    `SELECT ${selected.join(', ')} FROM ${quoteIdentifier(view)}`,
  );
  return new Map(columns.map(({ name }, index) => [name, Number(row[`d${index}`])]));
}

/**
 * Quantiles of some rows, ascending, for where cells are to end. Rows are drawn by all that stands in
 * them, so that neither their order nor the threads matter.
 */
async function sampleOf(
  session: Session,
  view: string,
  names: readonly string[],
  { rows, columns }: { readonly rows: number; readonly columns: readonly DriftColumn[] },
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (names.length === 0) return new Map();
  const shares = Array.from({ length: CELLS - 1 }, (_, index) => (index + 1) / CELLS).join(', ');
  const selected = names.map(
    (_, index) =>
      `quantile_disc(CASE WHEN ${isFinite(`n${index}`)} THEN n${index} END, [${shares}]) AS s${index}`,
  );
  const numbers = names.map((name, index) => `${quoteIdentifier(name)} AS n${index}`);
  const whole = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const every = Math.max(1, Math.ceil(rows / SAMPLE));
  const [row = {}] = await session.rows<SqlRow>(
    `SELECT ${selected.join(', ')}
     FROM (SELECT ${numbers.join(', ')} FROM ${quoteIdentifier(view)} WHERE hash(${whole}) % ${every} = 0)`,
  );
  return new Map(names.map((name, index) => [name, (row[`s${index}`] ?? []) as number[]]));
}

/** How often each value stands in columns of few: finite numbers, and all categories. */
async function frequenciesOf(
  session: Session,
  view: string,
  columns: readonly DriftColumn[],
): Promise<ReadonlyMap<string, readonly Frequency<string>[]>> {
  if (columns.length === 0) return new Map();
  const selected = columns.map(({ name, kind }, index) => {
    const column = quoteIdentifier(name);
    const value = kind === 'numeric' ? `CASE WHEN ${isFinite(column)} THEN ${column} END` : column;
    return `map_entries(histogram(${value})) AS h${index}`;
  });
  const [row = {}] = await session.rows<SqlRow>(
    `SELECT ${selected.join(', ')} FROM ${quoteIdentifier(view)}`,
  );
  return new Map(
    columns.map(({ name }, index) => {
      const entries = (row[`h${index}`] ?? []) as readonly { key: string; value: number }[];
      return [name, entries.map(({ key, value }) => ({ value: key, count: Number(value) }))];
    }),
  );
}

/** Of columns with many; where they are more than can be known, the most frequent. */
async function categoriesOf(session: Session, view: string, name: string): Promise<Frequency<string>[]> {
  const column = quoteIdentifier(name);
  const found = await session.rows<Frequency<string>>(
    `SELECT ${column} AS value, count(*) AS count FROM ${quoteIdentifier(view)}
     WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_CATEGORIES + 1}`,
  );
  const cut = found[MAX_CATEGORIES]?.count ?? 0;
  return found.filter(({ count }) => count > cut);
}

function mostFrequentFirst(categories: readonly Frequency<string>[]): Frequency<string>[] {
  return categories.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
