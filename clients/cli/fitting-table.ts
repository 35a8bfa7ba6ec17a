/**
 * A table for the room that there is. Where all of it has a place it stands as it is; in a narrow window cells say the
 * same in fewer words, and columns are left out, the one that is missed the least first, until no line goes on in the
 * next. Ids have no short form and are never left out: where they alone are too wide, lines go on after all.
 */
import type { Cell } from './output.ts';

export interface Column {
  readonly title: string;
  readonly cells: readonly (string | Cell)[];
  /** In fewer words. */
  readonly short?: { readonly title: string; readonly cells: readonly (string | Cell)[] };
  /** It may be left out: the highest first. */
  readonly spare?: number;
  /** Its cells may be cut, to no fewer characters than these. */
  readonly least?: number;
}

export interface Fitted {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | Cell)[])[];
}

/** Between two columns. */
const GAP = 2;

/** @param room characters of a line */
export function fittingTable(columns: readonly Column[], room: number): Fitted {
  if (widthOf(columns) <= room) return tableOf(columns);
  let left: Column[] = columns.map(({ short, ...column }) => ({ ...column, ...short })).filter(saysSomething);
  while (leastWidthOf(left) > room) {
    const spared = left.reduce((most, { spare = -1 }) => Math.max(most, spare), -1);
    if (spared < 0) break;
    left = left.filter(({ spare }) => spare !== spared);
  }
  return tableOf(left.map((column) => clipped(column, room - widthOf(left))));
}

/** A column that is empty is missed by nobody. */
function saysSomething({ cells, spare }: Column): boolean {
  return spare === undefined || cells.some((cell) => textOf(cell) !== '');
}

/** @param over characters to spare; negative where they are too many */
function clipped(column: Column, over: number): Column {
  if (column.least === undefined || over >= 0) return column;
  const width = Math.max(column.least, widestOf(column) + over);
  return { ...column, cells: column.cells.map((cell) => shortened(cell, width)) };
}

function shortened(cell: string | Cell, width: number): string | Cell {
  const text = textOf(cell);
  if (text.length <= width) return cell;
  const cut = `${text.slice(0, width - 1)}…`;
  return typeof cell === 'string' ? cut : { ...cell, text: cut };
}

function tableOf(columns: readonly Column[]): Fitted {
  const rows = columns[0]?.cells.map((_cell, at) => columns.map(({ cells }) => cells[at] ?? '')) ?? [];
  return { header: columns.map(({ title }) => title), rows };
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + widestOf(column) + GAP, -GAP);
}

function leastWidthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => {
    const widest = widestOf(column);
    return sum + GAP + (column.least === undefined ? widest : Math.min(column.least, widest));
  }, -GAP);
}

function widestOf({ title, cells }: Column): number {
  return Math.max(title.length, ...cells.map((cell) => textOf(cell).length));
}

function textOf(cell: string | Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
