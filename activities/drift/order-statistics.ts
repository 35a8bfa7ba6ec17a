/**
 * Exact quantiles in bounded memory. The counts in cells tell in which cell a rank lies; only what
 * stands in these cells is sorted. DuckDB's own `quantile_cont` keeps every value of every column.
 */
import { cellValue } from '../../workflows/domain/drift/bins.ts';
import { quoteIdentifier } from '../../workflows/domain/identifier.ts';
import type { Session, SqlRow } from '../lake/contract.ts';

export interface QuantileRequest {
  readonly name: string;
  readonly grid: readonly number[];
  /** Counts in the grid's cells, infinite values included. */
  readonly cells: readonly number[];
  readonly finite: number;
  /** Values at minus infinity. */
  readonly lowest: number;
  /** From 0 to 1. */
  readonly quantiles: readonly number[];
}

/** Quantiles of the finite values by linear interpolation (Hyndman and Fan 1996, type 7); none where there is no value. */
export async function orderStatistics(
  session: Session,
  view: string,
  requests: readonly QuantileRequest[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const wanted = requests.filter(({ finite }) => finite > 0);
  const located = wanted.map((request) => ({ request, ranks: ranksOf(request) }));
  const lookUps = located.map(({ request, ranks }) => ({
    request,
    places: [...ranks.values()].filter(({ value }) => value === undefined),
  }));
  for (const { request, places } of lookUps) await lookUp(session, view, request, places);
  return new Map(
    located.map(({ request, ranks }) => [
      request.name,
      request.quantiles.map((quantile) => interpolate(request, quantile, (rank) => ranks.get(rank)?.value)),
    ]),
  );
}

/** Where the value of a rank is to be found, and what it is. */
interface Place {
  readonly cell: number;
  /** Rank within the cell, from 0. */
  readonly position: number;
  value: number | undefined;
}

function ranksOf(request: QuantileRequest): ReadonlyMap<number, Place> {
  const { quantiles, finite, cells, grid, lowest } = request;
  const ranks = quantiles.flatMap((quantile) => {
    const at = (finite - 1) * quantile;
    return [Math.floor(at), Math.ceil(at)];
  });
  return new Map(
    ranks.map((rank) => {
      let [cell, position] = [0, rank + lowest];
      while (cell < cells.length - 1 && position >= (cells[cell] ?? 0)) {
        position -= cells[cell] ?? 0;
        cell += 1;
      }
      return [rank, { cell, position, value: cellValue(grid, cell) }];
    }),
  );
}

/** One statement for a column: only its cells that are asked for are taken from the view. */
async function lookUp(
  session: Session,
  view: string,
  { name, grid, cells }: QuantileRequest,
  places: readonly Place[],
): Promise<void> {
  if (places.length === 0) return;
  const params: Record<string, number> = {};
  const within = places.map(({ cell }) => {
    const [low, high] = [grid[cell - 1], grid[cell]];
    if (low !== undefined) params[`edge_${cell - 1}`] = low;
    if (high !== undefined) params[`edge_${cell}`] = high;
    const bounds = [
      ...(low === undefined ? [] : [`x > CAST($edge_${cell - 1} AS DOUBLE)`]),
      ...(high === undefined ? [] : [`x <= CAST($edge_${cell} AS DOUBLE)`]),
    ];
    return bounds.length > 0 ? `(${bounds.join(' AND ')})` : 'x IS NOT NULL';
  });
  const selected = places.map(({ cell, position }, index) => {
    // The middle of the rank's step, so that rounding can't reach its neighbours.
    const fraction = (position + 0.5) / (cells[cell] ?? 1);
    return `quantile_disc(CASE WHEN ${within[index]} THEN x END, ${fraction}) AS s_${index}`;
  });
  const [row = {}] = await session.rows<SqlRow>(
    `SELECT ${selected.join(', ')}
     FROM (SELECT ${quoteIdentifier(name)} AS x FROM ${quoteIdentifier(view)})
     WHERE ${[...new Set(within)].join(' OR ')}`,
    params,
  );
  for (const [index, place] of places.entries()) place.value = Number(row[`s_${index}`] ?? Number.NaN);
}

function interpolate(
  { finite }: QuantileRequest,
  quantile: number,
  valueOf: (rank: number) => number | undefined,
): number {
  const at = (finite - 1) * quantile;
  const rank = Math.floor(at);
  const [low, high] = [valueOf(rank) ?? Number.NaN, valueOf(Math.ceil(at)) ?? Number.NaN];
  return low + (high - low) * (at - rank);
}
