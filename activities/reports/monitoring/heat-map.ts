/** PSI of every feature that ever moved, by interval: a table, so that its colours are numbers too. */
import type { MonitoringReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { count, decimal } from '../numbers.ts';
import { day, section } from '../page.ts';
import { VERDICTS } from './verdicts.ts';

type Intervals = MonitoringReport['history'];

export function heatMap({ history, thresholds }: MonitoringReport): Html {
  const names = featuresOf(history);
  const moved = names.filter((name) => history.some((interval) => isLoud(interval, name)));
  const quiet = names.filter((name) => !moved.includes(name));
  return section(
    'Inputs by interval',
    html`<p>
      PSI against the reference of the model that was champion in that interval. Shaded from
      ${decimal(thresholds.warn, 2)}, bold from ${decimal(thresholds.alarm, 2)}. A change of the version above
      a column means a new model with a new reference.
    </p>`,
    moved.length > 0 ? grid(history, moved) : html`<p>No input has moved in any interval.</p>`,
    quiet.length > 0 &&
      html`<details>
        <summary>
          The ${quiet.length} ${quiet.length === 1 ? 'input that was' : 'inputs that were'} always quiet
        </summary>
        ${grid(history, quiet)}
      </details>`,
  );
}

function grid(history: Intervals, names: readonly string[]): Html {
  return html`<div class="scroll">
    <table class="heat">
      <thead>
        <tr>
          <th scope="col">Feature</th>
          ${history.map(({ interval, version }) => html`<th scope="col">${month(interval.start)}<br />v${count(version)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${history.map((interval) => cell(interval, name))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function cell({ features }: Intervals[number], name: string): Html {
  const feature = features.find((candidate) => candidate.name === name);
  if (!feature) return html`<td>–</td>`;
  const { mood, word } = VERDICTS[feature.verdict];
  return html`<td class="${mood}" title="${word}">${decimal(feature.psi, 2)}</td>`;
}

function isLoud({ features }: Intervals[number], name: string): boolean {
  const verdict = features.find((feature) => feature.name === name)?.verdict;
  return verdict === 'warn' || verdict === 'alarm';
}

/** Those with the largest PSI first, whenever it was. */
function featuresOf(history: Intervals): string[] {
  const largest = new Map<string, number>();
  for (const { features } of history) {
    for (const { name, psi } of features) largest.set(name, Math.max(largest.get(name) ?? 0, psi ?? 0));
  }
  return [...largest].toSorted(([, one], [, other]) => other - one).map(([name]) => name);
}

/** `2025-03` where an interval begins with its month. */
export function month(time: string): string {
  return time.slice(8, 10) === '01' ? time.slice(0, 7) : day(time);
}
