/** The monitoring report of one interval, as a page. Pure: the same document gives the same bytes. */
import type { MonitoringReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { glossary, MONITORING_TERMS } from '../glossary.ts';
import { count, decimal, estimate, percent } from '../numbers.ts';
import { figures, page, period } from '../page.ts';
import { allColumns, driftedColumns } from './columns.ts';
import { verdictAndDecision } from './decision.ts';
import { otherReferences } from './other-references.ts';
import { heatMap } from './heat-map.ts';
import { quality } from './quality.ts';
import { scoreSection } from './score.ts';
import { trends } from './trends.ts';

export function renderMonitoring(report: MonitoringReport): string {
  const { model, interval, project } = report;
  const when = period(interval);
  return page({
    title: `Monitoring report: ${project}, ${when}`,
    kicker: `Monitoring report · ${project}`,
    heading: `${model.model}, version ${model.version}: ${when}`,
    body: [
      verdictAndDecision(report),
      keyFigures(report),
      glossary(MONITORING_TERMS),
      driftedColumns(report),
      heatMap(report),
      trends(report),
      scoreSection(report),
      quality(report),
      allColumns(report),
      otherReferences(report),
    ],
    footer: html`Scored by ${model.model} version ${count(model.version)}, digest
      <span class="digest">${model.digest}</span>. The same numbers, unrounded, stand in the JSON file of the
      same name. Intervals are 95 % intervals.`,
  });
}

function keyFigures({ current, reference, outputs, score, performance }: MonitoringReport): Html {
  return figures([
    ['Rows scored', count(current.rows)],
    ['Rows of the reference', count(reference.rows)],
    ['Score PSI', decimal(score?.psi)],
    ['Mean score', percent(outputs.scoreMean)],
    [
      `At or above the threshold`,
      html`${percent(outputs.aboveThreshold)}
        <span class="interval">from ${percent(outputs.threshold)}</span>`,
    ],
    ...(performance
      ? ([
          [
            `AUC, ${performance.estimated ? 'estimated' : period(performance.interval)}`,
            estimate(performance.auc),
          ],
        ] as const)
      : []),
  ]);
}
