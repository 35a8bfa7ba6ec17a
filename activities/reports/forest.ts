/** A forest plot as a table: names, numbers, and the interval drawn in the second cell of each row. */
import type { Estimate } from '../../workflows/domain/evaluation.ts';
import { html, type Content, type Html } from './html.ts';
import type { Column } from './page.ts';

export interface ForestRow {
  /** The first is the row's heading. */
  readonly cells: readonly Content[];
  readonly estimate?: Estimate;
  /** Too small to be judged: drawn pale, and cut off where the axis of the others ends. */
  readonly pale?: boolean;
}

interface ForestMark {
  readonly at: number;
  readonly label: string;
  readonly kind: 'zero' | 'limit';
}

export interface Forest {
  readonly columns: readonly Column[];
  readonly rows: readonly ForestRow[];
  readonly marks?: readonly ForestMark[];
  /** What the axis shows, for those who don't see it. */
  readonly axis: string;
}

/** Empty space at either end of the axis, as a share of it. */
const ROOM = 0.06;

export function forest({ columns, rows, marks = [], axis }: Forest): Html {
  const place = scaleOf(rows, marks);
  const lines = marks.map(({ at, kind }) => html`<i class="${kind}" style="--at:${place(at)}"></i>`);
  const kind = (column: number): Content => columns[column]?.number && html` class="number"`;
  const heading = (column: number): Html =>
    html`<th scope="col" ${kind(column)}>${columns[column]?.title}</th>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heading(0)}
          <th scope="col" class="plot" aria-label="${axis}">
            ${marks.map(({ at, label, kind: of }) => html`<span class="${of}" style="--at:${place(at)}">${label}</span>`)}
          </th>
          ${columns.slice(1).map((_, column) => heading(column + 1))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells: [head, ...cells], estimate, pale }) =>
            html`<tr${pale && html` class="pale"`}>
              <th scope="row">${head}</th>
              <td class="plot">${lines}${estimate && drawn(estimate, place)}</td>
              ${cells.map((cell, column) => html`<td${kind(column + 1)}>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

function drawn({ value, low, high }: Estimate, place: (value: number) => string): Html {
  return html`<b style="--low:${place(low)};--high:${place(high)}"></b><u style="--at:${place(value)}"></u>`;
}

/** From a value to how far from the left it stands. */
function scaleOf(rows: readonly ForestRow[], marks: readonly ForestMark[]): (value: number) => string {
  const someJudged = rows.some(({ pale, estimate }) => !pale && estimate);
  const values = [
    ...rows.flatMap(({ estimate, pale }) =>
      estimate && !(pale && someJudged) ? [estimate.low, estimate.high] : [],
    ),
    ...marks.map(({ at }) => at),
  ].filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || 1) * ROOM;
  return (value) => `${((100 * (value - low + room)) / (high - low + 2 * room)).toFixed(2)}%`;
}
