/** Counts a view with frozen bins: every column in one statement, one pass, memory bounded by the bins. */
import type { ColumnCounts, CurrentCounts, Summary } from '../../workflows/domain/drift/baseline.ts';
import { cellCount, type Bins } from '../../workflows/domain/drift/bins.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session, SqlRow } from '../lake/contract.ts';
import { orderStatistics } from './order-statistics.ts';

/** A larger number is as good as infinite: the square that a variance needs of it is no double. */
const LARGEST = '1e150';

/** @param column quoted */
export function isFinite(column: string): string {
  return `${column} BETWEEN -${LARGEST} AND ${LARGEST}`;
}

export interface BinnedColumn {
  readonly name: string;
  readonly bins: Bins;
}

/** As `CurrentCounts` have them, medians included: these take a second look at one cell of each column. */
export async function countColumns(
  session: Session,
  view: string,
  columns: readonly BinnedColumn[],
): Promise<CurrentCounts> {
  const { rows, columns: counted } = await countCells(session, view, columns);
  const medians = await orderStatistics(
    session,
    view,
    columns.flatMap(({ name, bins }, index) => {
      const found = counted[index];
      return bins.kind === 'numeric' && found ? [{ name, grid: bins.grid, ...found, quantiles: [0.5] }] : [];
    }),
  );
  return {
    rows,
    columns: counted.map(({ missing, infinite, cells, summary }, index) => {
      const median = medians.get(columns[index]?.name ?? '')?.[0] ?? null;
      return { missing, infinite, cells, ...(summary ? { summary: { ...summary, median } } : {}) };
    }),
  };
}

/** What one pass tells of a column. */
export interface CountedCells extends Omit<ColumnCounts, 'summary'> {
  readonly finite: number;
  /** Values at minus infinity, which stand before the finite ones in their order. */
  readonly lowest: number;
  readonly summary?: Omit<Summary, 'median'>;
}

export async function countCells(
  session: Session,
  view: string,
  columns: readonly BinnedColumn[],
): Promise<{ rows: number; columns: CountedCells[] }> {
  const params: Record<string, string> = {};
  const source: string[] = [];
  const selected = columns.flatMap(({ name, bins }, index) => {
    const column = quoteIdentifier(name);
    params[`bins_${index}`] = JSON.stringify(
      bins.kind === 'numeric' ? bins.grid : [...bins.apart, ...bins.rare],
    );
    source.push(`${column} AS c${index}`);
    if (bins.kind === 'categorical') return categorical(index);
    source.push(`CASE WHEN ${isFinite(column)} THEN ${column} END AS f${index}`);
    return numeric(index);
  });
  const [row = {}] = await session.rows<SqlRow>(
    `SELECT ${['count(*) AS rows', ...selected].join(', ')}
     FROM (SELECT ${['1', ...source].join(', ')} FROM ${quoteIdentifier(view)})`,
    params,
  );
  const rows = Number(row['rows']);
  return { rows, columns: columns.map(({ bins }, index) => countsOf(row, rows, bins, index)) };
}

/**
 * The edges close their cells; what lies above the last one has an entry only where there is something.
 * No aggregate has a FILTER: it makes DuckDB unfold every list of bins of the statement, row by row.
 */
function numeric(index: number): string[] {
  return [
    `count(c${index}) AS present_${index}`,
    `map_entries(histogram(c${index}, from_json($bins_${index}, '["DOUBLE"]'))) AS cells_${index}`,
    `count(f${index}) AS finite_${index}`,
    `count_if(c${index} < -${LARGEST}) AS lowest_${index}`,
    `min(f${index}) AS min_${index}`,
    `max(f${index}) AS max_${index}`,
    `avg(f${index}) AS mean_${index}`,
    `stddev_samp(f${index}) AS std_${index}`,
  ];
}

function categorical(index: number): string[] {
  return [
    `count(c${index}) AS present_${index}`,
    `map_entries(histogram_exact(c${index}, from_json($bins_${index}, '["VARCHAR"]'))) AS cells_${index}`,
  ];
}

function countsOf(row: SqlRow, rows: number, bins: Bins, index: number): CountedCells {
  const figure = (name: string): number | null => (row[`${name}_${index}`] ?? null) as number | null;
  const present = figure('present') ?? 0;
  const entries = (row[`cells_${index}`] ?? []) as readonly { key: unknown; value: unknown }[];
  const missing = rows - present;
  if (bins.kind === 'categorical') {
    const cells = byCategory(entries, bins, present);
    return { missing, infinite: 0, cells, finite: present, lowest: 0 };
  }
  const finite = figure('finite') ?? 0;
  return {
    missing,
    infinite: present - finite,
    cells: inOrder(entries, bins),
    finite,
    lowest: figure('lowest') ?? 0,
    summary: { min: figure('min'), max: figure('max'), mean: figure('mean'), std: figure('std') },
  };
}

function inOrder(entries: readonly { value: unknown }[], bins: Bins): number[] {
  return Array.from({ length: cellCount(bins) }, (_, cell) => Number(entries[cell]?.value ?? 0));
}

/** DuckDB orders the categories itself, and calls everything else '', at the end. */
function byCategory(
  entries: readonly { key: unknown; value: unknown }[],
  bins: Extract<Bins, { kind: 'categorical' }>,
  present: number,
): number[] {
  const known = [...bins.apart, ...bins.rare];
  const found = new Map(entries.slice(0, known.length).map(({ key, value }) => [String(key), Number(value)]));
  const counts = known.map((category) => found.get(category) ?? 0);
  return [...counts, present - counts.reduce((sum, count) => sum + count, 0)];
}
