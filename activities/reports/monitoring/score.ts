/** What came out of the model: the scores' distribution, and what they were worth. */
import type { MonitoredPerformance, MonitoringReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { count, decimal, estimate, percent } from '../numbers.ts';
import { period, section, table } from '../page.ts';
import { columnFigure, columnTable } from './columns.ts';

export function scoreSection({ score, outputs, performance, thresholds }: MonitoringReport): Html {
  return section(
    'Scores',
    table(
      [{ title: 'Scores of the interval' }, { title: '', number: true }],
      [
        ['Mean score', percent(outputs.scoreMean)],
        [html`At or above the threshold of ${percent(outputs.threshold)}`, percent(outputs.aboveThreshold)],
        ['Rows without a score', count(outputs.missing)],
        ['Scores outside 0 to 1', count(outputs.outsideUnitInterval)],
      ],
      { narrow: true },
    ),
    performance ? worth(performance) : html`<p>The outcomes of no interval are known yet.</p>`,
    score && html`<div class="charts">${columnFigure(score, 'score')}</div>`,
    score && columnTable([score], thresholds),
  );
}

function worth({
  interval,
  estimated,
  rows,
  positives,
  auc,
  gini,
  prAuc,
  calibration,
}: MonitoredPerformance): Html {
  return html`<p>
      ${
        estimated
          ? 'Outcomes are not known yet. What follows is an estimate from the scores alone, which holds only as long as they are calibrated.'
          : `Outcomes are known for ${period(interval)}.`
      }
    </p>
    ${table(
      [{ title: estimated ? 'Estimated' : 'Observed' }, { title: '', number: true }],
      [
        ['Rows', count(rows)],
        ['Rows with the event', count(positives)],
        ['AUC', estimated ? decimal(auc?.value) : estimate(auc)],
        ['Gini', decimal(gini)],
        ['PR-AUC', estimate(prAuc)],
        ['Mean score / event rate', estimate(calibration)],
      ],
      { narrow: true },
    )}`;
}
