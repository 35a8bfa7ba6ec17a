/** The table `chosen`, out of the session and into typed arrays, in the file's order. */
import type { Session } from '../lake/contract.ts';
import { classOf } from './class-labels.ts';
import type { ScoreFileRequest } from './contract.ts';

/** Row by row; a label is a place in the classes that it was read with. */
export interface ScoreRows {
  readonly labels: Int32Array;
  readonly predicted?: Int32Array;
  readonly scores: readonly Float64Array[];
  readonly champion?: Float64Array;
  /** Numbers of groups from 0, and how many there are. */
  readonly clusters?: { readonly numbers: Int32Array; readonly count: number };
  readonly slices: readonly { readonly column: string; readonly values: readonly string[] }[];
}

const MISSING = 'missing';

/** @param places of the classes; every label of the file has one */
export async function readScoreRows(
  session: Session,
  rows: number,
  request: ScoreFileRequest,
  places: ReadonlyMap<string, number>,
): Promise<ScoreRows> {
  const labels = new Int32Array(rows);
  const predicted = new Int32Array(request.predicted === undefined ? 0 : rows);
  const numbers = new Int32Array(request.group === undefined ? 0 : rows);
  const scores = request.scores.map(() => new Float64Array(rows));
  const champion = new Float64Array(request.champion === undefined ? 0 : rows);
  const slices = request.slices.map((column) => ({ column, values: Array.from<string>({ length: rows }) }));
  const classes = new PlacesOfTexts(places);
  const interned = new Map<string, string>();
  if (request.group !== undefined) await session.run(CLUSTERS);
  let row = 0;
  for await (const chunk of session.chunks(rowsSql(request))) {
    const columns = chunk[Symbol.iterator]();
    const fill = (into: { [index: number]: unknown }, value: (cell: unknown) => unknown): void => {
      const cells = columns.next().value ?? [];
      for (let at = 0; at < cells.length; at += 1) into[row + at] = value(cells[at]);
    };
    fill(labels, classes.of);
    if (request.predicted !== undefined) fill(predicted, classes.of);
    if (request.group !== undefined) fill(numbers, Number);
    for (const column of scores) fill(column, numberOf);
    if (request.champion !== undefined) fill(champion, numberOf);
    for (const { values } of slices) fill(values, (cell) => internedText(interned, cell));
    row += chunk[0]?.length ?? 0;
  }
  return {
    labels,
    scores,
    slices,
    ...(request.predicted !== undefined && { predicted }),
    ...(request.champion !== undefined && { champion }),
    ...(request.group !== undefined && { clusters: { numbers, count: largest(numbers) + 1 } }),
  };
}

/** Numbered in the order in which they come. */
const CLUSTERS = `
  CREATE TABLE clusters AS
  SELECT cluster, CAST(row_number() OVER (ORDER BY min(rowid)) - 1 AS INTEGER) AS number
  FROM chosen
  GROUP BY cluster`;

function rowsSql({ predicted, group, scores, champion, slices }: ScoreFileRequest): string {
  const columns = [
    'label',
    ...(predicted === undefined ? [] : ['predicted']),
    ...(group === undefined ? [] : ['number']),
    ...scores.map((_, place) => `score_${place}`),
    ...(champion === undefined ? [] : ['champion']),
    ...slices.map((_, place) => `slice_${place}`),
  ];
  const join = group === undefined ? '' : 'JOIN clusters USING (cluster)';
  return `SELECT ${columns.join(', ')} FROM chosen ${join} ORDER BY chosen.rowid`;
}

/** A label's text is looked at once, however many rows have it. */
class PlacesOfTexts {
  readonly #known = new Map<unknown, number>();
  readonly #places: ReadonlyMap<string, number>;

  constructor(places: ReadonlyMap<string, number>) {
    this.#places = places;
  }

  readonly of = (text: unknown): number => {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const place = this.#places.get(classOf(String(text)));
    if (place === undefined) throw new RangeError(`The label ${String(text)} is none of the classes.`);
    this.#known.set(text, place);
    return place;
  };
}

/** One text for all rows that have it: DuckDB makes a new one for each. */
function internedText(interned: Map<string, string>, cell: unknown): string {
  const text = typeof cell === 'string' ? cell : MISSING;
  const known = interned.get(text);
  if (known !== undefined) return known;
  interned.set(text, text);
  return text;
}

function numberOf(cell: unknown): number {
  return typeof cell === 'number' ? cell : Number.NaN;
}

function largest(numbers: Int32Array): number {
  return numbers.reduce((most, number) => Math.max(most, number), -1);
}
