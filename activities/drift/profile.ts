/** What bins are made from: values, categories and exact quantiles of the reference's columns. */
import { fineGrid, type Bins, type ColumnProfile } from '../../workflows/domain/drift/bins.ts';
import { MAX_VALUES } from '../../workflows/domain/drift/policy.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session, SqlRow } from '../lake/contract.ts';
import { countCells, isFinite } from './count.ts';
import type { DriftColumn } from './contract.ts';
import { orderStatistics } from './order-statistics.ts';

/** Rows that the fine cells are laid by; any cells give exact results, even ones give them fast. */
const SAMPLE = 20_000;
const CELLS = 200;
/** Columns with about so many distinct values are counted together, in one pass. */
const FEW = 1_000;
/** Categories beyond this are counted as if they had never been seen, on both sides alike. */
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
  const sketches = await sketch(session, view, columns, rows);
  const few = columns.filter(({ name }) => (sketches.get(name)?.distinct ?? 0) <= FEW);
  const frequencies = await frequenciesOf(session, view, few);
  const numbers = columns
    .filter(({ kind }) => kind === 'numeric')
    .map(({ name }) => layCells(name, frequencies.get(name), sketches.get(name)?.sample ?? []));
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
  frequencies: readonly Frequency<unknown>[] | undefined,
  sample: readonly number[],
): LaidColumn {
  if (!frequencies || frequencies.length > MAX_VALUES) return { name, grid: fineGrid(sample, 'sample') };
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

interface Sketch {
  /** About. */
  readonly distinct: number;
  /** Quantiles of a sample of the numbers, ascending. */
  readonly sample: readonly number[];
}

/** One pass. Rows are drawn by what stands in them, so that neither their order nor the threads matter. */
async function sketch(
  session: Session,
  view: string,
  columns: readonly DriftColumn[],
  rows: number,
): Promise<ReadonlyMap<string, Sketch>> {
  const shares = Array.from({ length: CELLS - 1 }, (_, index) => (index + 1) / CELLS);
  const selected = columns.flatMap(({ kind }, index) => {
    const distinct = `approx_count_distinct(c${index}) AS distinct_${index}`;
    if (kind === 'categorical') return [distinct];
    const drawn = `FILTER (WHERE drawn AND ${isFinite(`c${index}`)})`;
    return [distinct, `quantile_disc(c${index}, [${shares.join(', ')}]) ${drawn} AS sample_${index}`];
  });
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const every = Math.max(1, Math.ceil(rows / SAMPLE));
  const [found = {}] = await session.rows<SqlRow>(
    `SELECT ${selected.join(', ')}
     FROM (SELECT ${names.map((name, index) => `${name} AS c${index}`).join(', ')},
                  hash(${names.join(', ')}) % ${every} = 0 AS drawn
           FROM ${quoteIdentifier(view)})`,
  );
  return new Map(
    columns.map(({ name }, index) => [
      name,
      {
        distinct: Number(found[`distinct_${index}`] ?? 0),
        sample: (found[`sample_${index}`] ?? []) as number[],
      },
    ]),
  );
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
    const finite = kind === 'numeric' ? `FILTER (WHERE ${isFinite(column)})` : '';
    return `map_entries(histogram(${column}) ${finite}) AS h${index}`;
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
function categoriesOf(session: Session, view: string, name: string): Promise<Frequency<string>[]> {
  const column = quoteIdentifier(name);
  return session.rows(
    `SELECT ${column} AS value, count(*) AS count FROM ${quoteIdentifier(view)}
     WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_CATEGORIES}`,
  );
}

function mostFrequentFirst(categories: readonly Frequency<string>[]): Frequency<string>[] {
  return categories.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
