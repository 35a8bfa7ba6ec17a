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
  const numeric = columns.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const numbers = new Map(
    (await profileNumbers(session, view, numeric, { rows, bins, columns })).map((profile) => [
      profile.name,
      profile,
    ]),
  );
  const profiles: ColumnProfile[] = [];
  for (const { name } of columns) {
    profiles.push(
      numbers.get(name) ?? {
        name,
        kind: 'categorical',
        rows,
        categories: await categoriesOf(session, view, name),
      },
    );
  }
  return profiles;
}

interface Scope {
  readonly rows: number;
  readonly bins: number;
  readonly columns: readonly DriftColumn[];
}

async function profileNumbers(
  session: Session,
  view: string,
  names: readonly string[],
  { rows, bins, columns }: Scope,
): Promise<ColumnProfile[]> {
  const sketches = await sketch(session, view, names, { rows, columns });
  const laid = [];
  for (const [index, name] of names.entries()) {
    const { distinct = 0, sample = [] } = sketches[index] ?? {};
    const values = distinct > 2 * MAX_VALUES ? undefined : await valuesOf(session, view, name);
    const grid = values
      ? fineGrid(
          values.map(({ value }) => value),
          'values',
        )
      : fineGrid(sample, 'sample');
    laid.push({ name, values, grid });
  }
  const cells = await countCells(
    session,
    view,
    laid.map(({ name, grid }): { name: string; bins: Bins } => ({
      name,
      bins: { kind: 'numeric', binning: 'edges', grid, edges: [] },
    })),
  );
  const quantiles = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
  const statistics = await orderStatistics(
    session,
    view,
    laid.flatMap(({ name, grid }, index) => {
      const found = cells.columns[index];
      return found ? [{ name, grid, ...found, quantiles }] : [];
    }),
  );
  return laid.map(({ name, values, grid }, index) => ({
    name,
    kind: 'numeric',
    rows,
    ...(values ? { values } : {}),
    min: cells.columns[index]?.summary?.min ?? null,
    max: cells.columns[index]?.summary?.max ?? null,
    quantiles: statistics.get(name) ?? [],
    grid,
  }));
}

interface Sketch {
  /** About. */
  readonly distinct: number;
  /** Quantiles of a sample, ascending. */
  readonly sample: readonly number[];
}

/** One pass. Rows are drawn by what stands in them, so that neither their order nor the threads matter. */
async function sketch(
  session: Session,
  view: string,
  names: readonly string[],
  { rows, columns }: Pick<Scope, 'rows' | 'columns'>,
): Promise<Sketch[]> {
  if (names.length === 0) return [];
  const shares = Array.from({ length: CELLS - 1 }, (_, index) => (index + 1) / CELLS);
  const selected = names.flatMap((_, index) => {
    const finite = isFinite(`n${index}`);
    return [
      `approx_count_distinct(n${index}) FILTER (WHERE ${finite}) AS distinct_${index}`,
      `quantile_disc(n${index}, [${shares.join(', ')}]) FILTER (WHERE drawn AND ${finite}) AS sample_${index}`,
    ];
  });
  const numbers = names.map((name, index) => `${quoteIdentifier(name)} AS n${index}`);
  const row = columns.map(({ name }) => quoteIdentifier(name));
  const every = Math.max(1, Math.ceil(rows / SAMPLE));
  const [found = {}] = await session.rows<SqlRow>(
    `SELECT ${selected.join(', ')}
     FROM (SELECT ${numbers.join(', ')}, hash(${row.join(', ')}) % ${every} = 0 AS drawn
           FROM ${quoteIdentifier(view)})`,
  );
  return names.map((_, index) => ({
    distinct: Number(found[`distinct_${index}`] ?? 0),
    sample: (found[`sample_${index}`] ?? []) as number[],
  }));
}

/** Ascending; `undefined` where there are more than are told apart. */
async function valuesOf(
  session: Session,
  view: string,
  name: string,
): Promise<{ value: number; count: number }[] | undefined> {
  const column = quoteIdentifier(name);
  const values = await session.rows<{ value: number; count: number }>(
    `SELECT ${column} AS value, count(*) AS count FROM ${quoteIdentifier(view)}
     WHERE ${isFinite(column)} GROUP BY 1 ORDER BY 1 LIMIT ${MAX_VALUES + 1}`,
  );
  return values.length > MAX_VALUES ? undefined : values;
}

function categoriesOf(
  session: Session,
  view: string,
  name: string,
): Promise<{ value: string; count: number }[]> {
  const column = quoteIdentifier(name);
  return session.rows(
    `SELECT ${column} AS value, count(*) AS count FROM ${quoteIdentifier(view)}
     WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_CATEGORIES}`,
  );
}
