/** Whether the data arrived as it should: its own verdict, which does not hide behind drift. */
import type { MonitoringReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { section, table, tag } from '../page.ts';
import { figureOf } from './decision.ts';

export function quality({ quality: { verdict, findings } }: Pick<MonitoringReport, 'quality'>): Html {
  if (verdict === 'ok' && findings.length === 0) {
    return section('Data quality', html`<p>${tag('ok', 'ok')} Every column arrived as expected.</p>`);
  }
  return section(
    'Data quality',
    html`<p>
      ${tag(verdict === 'ok' ? 'ok' : 'alarm', verdict)} A broken feed asks for a fix. No retraining mends it.
    </p>`,
    table(
      [
        { title: 'Column' },
        { title: 'Looked at' },
        { title: 'Found', number: true },
        { title: 'Bound' },
        { title: 'What it means' },
      ],
      findings.map(({ column, measure, value, threshold, reason }) => [
        column,
        measure,
        figureOf(value),
        figureOf(threshold),
        reason,
      ]),
      { words: true },
    ),
  );
}
