/** What happens at the operating threshold, and at the top of the list. */
import type { BinaryMetrics } from '../../../workflows/domain/evaluation.ts';
import type { TrainingReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { count, decimal, percent } from '../numbers.ts';
import { section, table } from '../page.ts';
import { sidesOf, type Side } from './sides.ts';

export function atThreshold({ evaluation }: TrainingReport): Html {
  const sides = sidesOf(evaluation);
  return section(
    'At the operating threshold',
    html`<p>
      A row is flagged from a score of ${percent(evaluation.atThreshold.threshold)} on. Of those flagged,
      ${percent(evaluation.atThreshold.precision)} had the event (precision); of all events,
      ${percent(evaluation.atThreshold.recall)} were flagged (recall).
    </p>`,
    confusion(evaluation),
    decisions(sides),
    top(sides),
  );
}

function confusion({ atThreshold, rows, positives }: BinaryMetrics): Html {
  const { tp, fp, tn, fn } = atThreshold.confusion;
  const share = (cell: number, of: number): Html =>
    html`${count(cell)} <span class="interval">(${percentOf(cell, of)})</span>`;
  return table(
    [{ title: '' }, { title: 'flagged', number: true }, { title: 'not flagged', number: true }],
    [
      ['had the event', share(tp, positives), share(fn, positives)],
      ['had not', share(fp, rows - positives), share(tn, rows - positives)],
    ],
    { caption: 'Confusion matrix, with shares of each line', narrow: true },
  );
}

function percentOf(cell: number, of: number): string {
  return of === 0 ? '–' : `${((100 * cell) / of).toFixed(1)} %`;
}

function decisions(sides: readonly Side[]): Html {
  const titles = [
    'Threshold',
    'Precision',
    'Recall',
    'F1',
    'Accuracy',
    'True +',
    'False +',
    'True −',
    'False −',
  ];
  return table(
    [{ title: '' }, ...titles.map((title) => ({ title, number: true }))],
    sides.map(({ name, metrics: { atThreshold } }) => [
      name,
      percent(atThreshold.threshold),
      percent(atThreshold.precision),
      percent(atThreshold.recall),
      decimal(atThreshold.f1),
      percent(atThreshold.accuracy),
      count(atThreshold.confusion.tp),
      count(atThreshold.confusion.fp),
      count(atThreshold.confusion.tn),
      count(atThreshold.confusion.fn),
    ]),
  );
}

function top(sides: readonly Side[]): Html {
  const titles = ['Share', 'Precision', 'Recall', 'Lift'];
  return table(
    [{ title: 'Acting on the highest scores' }, ...titles.map((title) => ({ title, number: true }))],
    sides.flatMap(({ name, metrics }) =>
      metrics.topShare.map(({ share, precision, recall, lift }) => [
        name,
        percent(share, 0),
        percent(precision),
        percent(recall),
        decimal(lift, 2),
      ]),
    ),
  );
}
