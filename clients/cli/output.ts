/**
 * What a command prints: its result on stdout, progress and notes on stderr, colours only for people. Ids are never
 * truncated: a table grows wider instead.
 */
import { stripVTControlCharacters } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta' | 'dim' | 'bold';

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

/** What is needed of `process.stdout`. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Of a terminal, in characters. */
  readonly columns?: number;
  readonly rows?: number;
  /** Node's own answer knows `NO_COLOR` and `FORCE_COLOR`. */
  hasColors?(): boolean;
}

export interface Output {
  /** Whether somebody looks on: progress is drawn for them, and printed as plain lines for others. */
  readonly isLive: boolean;
  /** Characters of a line of the terminal; what goes elsewhere may be as long as it is. */
  readonly columns: number;
  line(text?: string): void;
  /** The one document of `--json`, numbers unrounded. */
  json(value: unknown): void;
  table(header: readonly string[], rows: readonly (readonly (string | Cell)[])[]): void;
  /** Progress and notes, beside the result. */
  note(text: string): void;
  /** Replaces what was drawn last; on a terminal only. What the terminal has no room for is counted, not shown. */
  draw(lines: readonly string[]): void;
  readonly paint: (text: string, colour: Colour | undefined) => string;
}

const CODES: Readonly<Record<Colour, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

export function createOutput(stdout: Stream = process.stdout, stderr: Stream = process.stderr): Output {
  const colours = stdout.isTTY === true && stdout.hasColors?.() === true;
  let drawn = 0;
  const paint = (text: string, colour: Colour | undefined): string =>
    colours && colour !== undefined ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text;
  return {
    isLive: stdout.isTTY === true,
    columns: stdout.isTTY === true ? (stdout.columns ?? Infinity) : Infinity,
    paint,
    line: (text = '') => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
    table(header, rows) {
      for (const line of tableLines(header, rows, paint)) stdout.write(`${line}\n`);
    },
    note: (text) => void stderr.write(`${text}\n`),
    draw(lines) {
      const up = drawn === 0 ? '' : `\u001B[${drawn}A\u001B[0J`;
      const shown = fitting(lines, stdout);
      stdout.write(`${up}${shown.join('\n')}\n`);
      drawn = heightOf(shown, stdout);
    },
  };
}

/** The cursor can't go back beyond the upper edge, so that what is drawn again must fit. */
function fitting(lines: readonly string[], terminal: Stream): readonly string[] {
  // The cursor stands on a line of its own below, and the count of the rest takes another.
  const room = (terminal.rows ?? Infinity) - 2;
  if (heightOf(lines, terminal) < room) return lines;
  let height = 0;
  const count = lines.findIndex((line) => (height += heightOf([line], terminal)) > room);
  if (count === -1) return lines;
  return [...lines.slice(0, count), `… and ${lines.length - count} lines that this window has no room for`];
}

/** Rows of the terminal: a line that is too long goes on in the next. */
function heightOf(lines: readonly string[], { columns = Infinity }: Stream): number {
  const rows = lines.map((line) => Math.ceil(stripVTControlCharacters(line).length / columns));
  return rows.reduce((sum, count) => sum + Math.max(1, count), 0);
}

/** Columns as wide as their widest cell, the last one as long as it is. */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
  paint: Output['paint'],
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const titles: readonly Cell[] = header.map((text) => ({ text, colour: 'bold' }));
  const widths = header.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.text.length ?? 0)),
  );
  return [titles, ...cells].map((row) =>
    row
      .map(({ text, colour }, at) => {
        const last = at === row.length - 1;
        return paint(text, colour) + (last ? '' : ' '.repeat((widths[at] ?? 0) - text.length));
      })
      .join('  ')
      .trimEnd(),
  );
}
