/** The page of `assay drift compare`: one file held against another. Pure: the same comparison gives the same bytes. */
import type { ColumnDrift } from '../../../workflows/domain/drift/compare.ts';
import type { FileComparison } from '../../drift/contract.ts';
import type { ColumnReport, MonitoringReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { allColumns, driftedColumns } from '../monitoring/columns.ts';
import { quality } from '../monitoring/quality.ts';
import { VERDICTS } from '../monitoring/verdicts.ts';
import { count, percent } from '../numbers.ts';
import { figures, page } from '../page.ts';

export interface ComparisonPage {
  readonly comparison: FileComparison;
  /** What the files are called. */
  readonly reference: string;
  readonly current: string;
  readonly thresholds: MonitoringReport['thresholds'];
}

export function renderComparison({ comparison, reference, current, thresholds }: ComparisonPage): string {
  const columns = comparison.columns.map(columnReport);
  return page({
    title: `Drift report: ${current} against ${reference}`,
    kicker: 'Drift report',
    heading: `${current} against ${reference}`,
    body: [
      verdict(comparison),
      keyFigures(comparison),
      driftedColumns({ columns, thresholds }),
      quality({ quality: qualityOf(comparison) }),
      allColumns({ columns, thresholds }),
    ],
    footer: html`Bins come from ${reference} alone; missing, rare and never-seen values have bins of their
      own. The same numbers, unrounded, come with <code>--json</code>.`,
  });
}

function verdict({ verdict, quality, columns, extraColumns }: FileComparison): Html {
  const { mood, word } = VERDICTS[verdict];
  const named = (wanted: FileComparison['verdict']): string =>
    columns
      .filter((column) => column.verdict === wanted)
      .toSorted((one, other) => (other.psi ?? 0) - (one.psi ?? 0))
      .map(({ name }) => name)
      .join(', ');
  const [alarms, warnings, unknown] = [named('alarm'), named('warn'), named('insufficient_data')];
  return html`<div class="verdict ${quality === 'broken' ? 'alarm' : mood}">
    <p><strong>Columns: ${word}.</strong> ${SENTENCES[verdict]}</p>
    ${alarms !== '' && html`<p>In alarm: ${alarms}.</p>`}
    ${warnings !== '' && html`<p>Worth a look: ${warnings}.</p>`}
    ${unknown !== '' && html`<p>Not to be judged with so few rows or values: ${unknown}.</p>`}
    ${quality === 'broken' && html`<p><strong>Data: broken.</strong> What did not arrive as expected asks for a fix of the feed.</p>`}
    ${extraColumns.length > 0 && html`<p class="facts">Not in the reference, not judged: ${extraColumns.join(', ')}.</p>`}
  </div> `;
}

const SENTENCES: Readonly<Record<FileComparison['verdict'], string>> = {
  ok: 'None has moved by more than chance and the bounds allow.',
  warn: 'Some have moved, none of them far.',
  alarm: 'Some have moved so far that what was fitted to the reference may no longer hold.',
  insufficient_data: VERDICTS.insufficient_data.sentence,
};

function keyFigures({ reference, current, columns }: FileComparison): Html {
  const moved = columns.filter(({ verdict }) => verdict === 'alarm' || verdict === 'warn').length;
  return figures([
    ['Rows of the reference', count(reference.rows)],
    ['Rows now', count(current.rows)],
    ['Columns compared', count(columns.length)],
    [
      'Columns that moved',
      html`${count(moved)} <span class="interval">${percent(moved / columns.length)}</span>`,
    ],
  ]);
}

function columnReport(column: ColumnDrift): ColumnReport {
  return { ...column, bins: column.bins.map(({ label, counts }) => ({ label, ...counts })) };
}

function qualityOf({ quality, columns }: FileComparison): MonitoringReport['quality'] {
  return {
    verdict: quality === 'broken' ? 'broken' : 'ok',
    findings: columns.flatMap(({ name, quality: { reasons } }) =>
      reasons.map((reason) => ({
        column: name,
        measure: 'data quality',
        value: null,
        threshold: null,
        reason,
      })),
    ),
  };
}
