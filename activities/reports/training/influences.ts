/** What the model looks at: permutation importance, and the trainer's own tree contributions. */
import type { PermutationImportance, TrainingReport, TreeContributions } from '../contract.ts';
import { forest } from '../forest.ts';
import { html, type Html } from '../html.ts';
import { change, count, decimal } from '../numbers.ts';
import { section } from '../page.ts';

/** The rest is folded away. */
const SHOWN = 15;

export function influences({ permutation, contributions }: TrainingReport): Html {
  return section(
    'What it looks at',
    html`<p>
      Neither list says what causes the event, only what this model uses. Of two features that say the same,
      each may look unimportant alone.
    </p>`,
    importanceOf(permutation),
    contributions && contributionsOf(contributions),
  );
}

function importanceOf({ method, rows, positives, repeats, auc, features }: PermutationImportance): Html {
  const plot = (part: PermutationImportance['features']): Html =>
    forest({
      columns: [
        { title: 'Feature' },
        { title: 'AUC lost', number: true },
        { title: '95 % interval', number: true },
      ],
      rows: part.map(({ feature, importance }) => ({
        cells: [
          feature,
          change(importance.value, 4),
          html`${change(importance.low, 4)} to ${change(importance.high, 4)}`,
        ],
        estimate: importance,
      })),
      marks: [{ at: 0, label: '0', kind: 'zero' }],
      axis: 'AUC lost with its 95 % interval',
    });
  return html`<h3>Permutation importance</h3>
    <p class="facts">
      ${method}: AUC lost when a feature’s values are dealt out anew among ${count(rows)} held-out rows
      (${count(positives)} with the event, AUC ${decimal(auc)}), ${count(repeats)} times each. An interval
      that holds 0 means that the model may do as well without.
    </p>
    ${plot(features.slice(0, SHOWN))} ${folded(features.slice(SHOWN), plot)}`;
}

function contributionsOf({ method, rows, features }: TreeContributions): Html {
  const largest = features[0]?.contribution ?? 1;
  const plot = (part: TreeContributions['features']): Html =>
    html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col" class="plot" aria-label="Mean shift"></th>
            <th scope="col" class="number">Mean shift of the log odds</th>
          </tr>
        </thead>
        <tbody>
          ${part.map(
            ({ feature, contribution }) =>
              html`<tr>
                <th scope="row">${feature}</th>
                <td class="plot">
                  <span class="bar" style="--at:${((100 * contribution) / largest).toFixed(2)}%"></span>
                </td>
                <td class="number">${decimal(contribution, 4)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
  return html`<h3>Contributions to a score</h3>
    <p class="facts">
      ${method}: how far a feature moves the log odds of a row, up or down, on average over ${count(rows)}
      held-out rows.
    </p>
    ${plot(features.slice(0, SHOWN))} ${folded(features.slice(SHOWN), plot)}`;
}

function folded<T>(rest: readonly T[], plot: (part: readonly T[]) => Html): Html | undefined {
  if (rest.length === 0) return undefined;
  return html`<details>
    <summary>The other ${rest.length} features</summary>
    ${plot(rest)}
  </details>`;
}
