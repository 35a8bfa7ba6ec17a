/** Challenger against champion on the same rows, as a forest plot with the margin line. */
import type { PairedDifference } from '../../../workflows/domain/evaluation.ts';
import type { SeedSpread } from '../../training/contract.ts';
import type { TrainingReport } from '../contract.ts';
import { forest, type ForestRow } from '../forest.ts';
import { html, type Html } from '../html.ts';
import { change, count, decimal, estimate, pValue } from '../numbers.ts';
import { section, table } from '../page.ts';
import { sidesOf, unseenApart } from './sides.ts';

export function againstChampion(report: TrainingReport): Html {
  const { evaluation, gate } = report;
  if (!evaluation.champion) {
    return section(
      'Against the champion',
      html`<p>This model was judged alone: there was no champion to hold it against.</p>`,
      comparison(report),
    );
  }
  const margin = -gate.nonInferiorityMargin;
  return section(
    'Against the champion',
    html`<p>
      Both models scored the same rows. A square is the difference in AUC, challenger minus champion; the line
      through it is the 95 % interval. Right of zero the challenger is better. For all rows, the lower end of
      the one-sided interval has to stand right of the dashed line, ${decimal(gate.nonInferiorityMargin)}
      below zero; a single group blocks only if it is proved to lie left of it. Pale rows have too few events
      to be judged.
    </p>`,
    forest({
      columns: [
        { title: 'Rows' },
        { title: 'Number', number: true },
        { title: 'With the event', number: true },
        { title: 'Difference in AUC', number: true },
        { title: 'Std. error', number: true },
        { title: 'z', number: true },
        { title: 'p', number: true },
      ],
      rows: rowsOf(report),
      marks: [
        { at: margin, label: 'margin', kind: 'limit' },
        { at: 0, label: ' 0', kind: 'zero' },
      ],
      axis: 'Difference in AUC with its 95 % interval',
    }),
    comparison(report),
    report.seeds && seedNote(report.seeds),
  );
}

function rowsOf({ evaluation, gate }: TrainingReport): ForestRow[] {
  const unseen = unseenApart(evaluation);
  const apart = unseen?.challenger;
  return [
    row('All rows', evaluation, evaluation.difference?.auc),
    ...(apart ? [row('Unseen entities', apart, unseen.difference?.auc)] : []),
    ...evaluation.slices.map((slice) => ({
      ...row(`${slice.column}: ${slice.group}`, slice, slice.difference),
      pale: slice.positives < gate.sliceMinPositives,
    })),
  ];
}

function row(
  name: string,
  { rows, positives }: { readonly rows: number; readonly positives: number },
  difference: PairedDifference | undefined,
): ForestRow {
  const cells = [
    name,
    count(rows),
    count(positives),
    estimate(difference, (value) => change(value, 4)),
    decimal(difference?.standardError, 4),
    decimal(difference?.z, 2),
    pValue(difference?.pValue),
  ];
  return { cells, ...(difference && { estimate: difference }) };
}

/** Entities, for a row is about someone, and only someone can have been seen before. */
function comparison({ evaluation }: TrainingReport): Html {
  const numbers = [
    'Rows',
    'Events',
    'AUC',
    'Gini',
    'PR-AUC',
    'Log loss',
    'Brier',
    'ECE',
    'KS',
    'Calibration',
  ];
  return html`${table(
    [{ title: '' }, ...numbers.map((title) => ({ title, number: true }))],
    sidesOf(evaluation).map(({ name, metrics }) => [
      name,
      count(metrics.rows),
      count(metrics.positives),
      estimate(metrics.auc),
      decimal(metrics.gini),
      estimate(metrics.prAuc),
      decimal(metrics.logLoss, 4),
      decimal(metrics.brier, 4),
      decimal(metrics.ece, 4),
      decimal(metrics.ks),
      decimal(metrics.calibration),
    ]),
  )}
  ${evaluation.unseen && html`<p class="facts">${unseenApart(evaluation) ? 'Unseen entities are those whom neither model has learnt from: their rows are about somebody new.' : 'No row is about anyone whom a model has learnt from.'}</p>`}`;
}

function seedNote({ rows, aucs, standardDeviation }: SeedSpread): Html {
  const [low, high] = [Math.min(...aucs), Math.max(...aucs)];
  return html`<p class="facts">
    How much is a difference worth? Trained ${count(aucs.length)} times with nothing but another seed, this
    recipe reaches AUCs from ${decimal(low, 4)} to ${decimal(high, 4)} on the ${count(rows)} rows that it was
    chosen by (${aucs.map((auc, place) => html`${place > 0 && ', '}${decimal(auc, 4)}`)}; standard deviation
    ${decimal(standardDeviation, 4)}): two such models differ by
    ${decimal(Math.SQRT2 * standardDeviation, 4)}, give or take, and neither is better. The interval above
    holds the two models fixed and does not know that.
  </p>`;
}
