/** Columns: the drifted ones with both distributions side by side, and all of them with every measure. */
import { pairedBars } from '../charts/paired-bars.ts';
import type { ColumnReport, ColumnSummary, MonitoringReport, MonitoringVerdict } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { count, decimal, percent, plain, pValue } from '../numbers.ts';
import { figure, section, table } from '../page.ts';
import { verdictTag } from './verdicts.ts';

const WORST_FIRST: readonly MonitoringVerdict[] = ['alarm', 'warn', 'insufficient_data', 'ok'];

export function driftedColumns({
  columns,
  thresholds,
}: Pick<MonitoringReport, 'columns' | 'thresholds'>): Html {
  const drifted = inOrder(columns).filter(({ verdict }) => verdict === 'alarm' || verdict === 'warn');
  const rule = html`<p>
    An input is worth a look from a PSI (population stability index) of ${decimal(thresholds.warn, 2)} and in
    alarm from ${decimal(thresholds.alarm, 2)}, and only where two tests agree that it is not chance.
  </p>`;
  if (drifted.length === 0) return section('Inputs that have moved', rule, html`<p>None.</p>`);
  return section(
    'Inputs that have moved',
    rule,
    html`<div class="charts">
      ${drifted.map((column, place) => columnFigure(column, `column-${place}`))}
    </div>`,
  );
}

/** Also of the score. */
export function columnFigure(column: ColumnReport, id: string): Html {
  const totals = { reference: total(column, 'reference'), current: total(column, 'current') };
  const shared = column.bins.map((bin) => ({
    label: bin.label,
    reference: shareOf(bin.reference, totals.reference),
    current: shareOf(bin.current, totals.current),
  }));
  const title = `Shares of rows by ${column.name}, reference and current`;
  return figure(pairedBars(id, title, shared), {
    name: column.name,
    caption: html`${verdictTag(column.verdict)} PSI ${decimal(column.psi)}.
      <span class="key other"></span>reference <span class="key"></span>now`,
    numbers: html`${bins(column)}${summary(column)}`,
  });
}

export function allColumns({ columns, thresholds }: Pick<MonitoringReport, 'columns' | 'thresholds'>): Html {
  return section(
    'All inputs',
    html`<p>
      PSI critical is what chance alone exceeds once in a thousand at these row counts. χ² (with df degrees of
      freedom) and the Kolmogorov–Smirnov test (KS) compare the two samples by their bins, the second by finer
      ones: its distance lies between KS and KS at most, and its p is at most the one shown. The
      Jensen–Shannon (JS) distance runs from 0, the same, to 1, nothing in common.
    </p>`,
    columnTable(columns, thresholds),
    html`<details>
      <summary>Rows by bin of every input</summary>
      ${inOrder(columns).map(
        (column) =>
          html`<details>
            <summary>${column.name}</summary>
            ${bins(column)}${summary(column)}
          </details> `,
      )}
    </details>`,
  );
}

export function columnTable(
  columns: readonly ColumnReport[],
  thresholds: MonitoringReport['thresholds'],
): Html {
  const numbers = [
    'PSI',
    'PSI critical',
    'χ²',
    'df',
    'p',
    'KS',
    'KS at most',
    'KS p',
    'JS distance',
    'Missing before',
    'Missing now',
  ];
  return table(
    [{ title: 'Column' }, { title: 'Verdict' }, ...numbers.map((title) => ({ title, number: true }))],
    inOrder(columns).map((column) => [
      html`${column.name} <span class="note">${column.kind}</span>`,
      html`${verdictTag(column.verdict)}${needsReason(column, thresholds) && html`<div class="note">${column.reason}</div>`}`,
      decimal(column.psi),
      decimal(column.psiCritical, 4),
      plain(column.chiSquare?.statistic),
      count(column.chiSquare?.df),
      pValue(column.chiSquare?.pValue),
      decimal(column.ks?.statistic),
      decimal(column.ks?.atMost),
      pValue(column.ks?.pValue),
      decimal(column.jensenShannon),
      percent(column.missing.reference),
      percent(column.missing.current),
    ]),
  );
}

/** That a PSI lies below or above the bounds can be seen; why one is not judged by them, or not found to be drift, can not. */
function needsReason({ verdict, psi }: ColumnReport, { warn }: MonitoringReport['thresholds']): boolean {
  return verdict === 'insufficient_data' || (verdict === 'ok' && (psi ?? 0) >= warn);
}

function bins(column: ColumnReport): Html {
  const totals = { reference: total(column, 'reference'), current: total(column, 'current') };
  return table(
    [
      { title: 'Bin' },
      { title: 'Reference', number: true },
      { title: 'Share', number: true },
      { title: 'Now', number: true },
      { title: 'Share', number: true },
    ],
    column.bins.map(({ label, reference, current }) => [
      label,
      count(reference),
      shareText(reference, totals.reference),
      count(current),
      shareText(current, totals.current),
    ]),
  );
}

function summary({ summary: sides }: ColumnReport): Html | undefined {
  if (!sides) return undefined;
  const line = (name: string, { min, max, mean, median, std }: ColumnSummary) => [
    name,
    ...[min, median, mean, max, std].map((value) => plain(value)),
  ];
  const titles = ['Min', 'Median', 'Mean', 'Max', 'Std'];
  return table(
    [{ title: '' }, ...titles.map((title) => ({ title, number: true }))],
    [line('reference', sides.reference), line('now', sides.current)],
  );
}

/** The worst first, and of those the largest PSI. */
function inOrder(columns: readonly ColumnReport[]): ColumnReport[] {
  const rank = ({ verdict }: ColumnReport): number => WORST_FIRST.indexOf(verdict);
  return columns.toSorted((one, other) => rank(one) - rank(other) || (other.psi ?? 0) - (one.psi ?? 0));
}

function total({ bins }: ColumnReport, side: 'reference' | 'current'): number {
  return bins.reduce((sum, bin) => sum + bin[side], 0);
}

function shareOf(rows: number, all: number): number {
  return all === 0 ? 0 : rows / all;
}

function shareText(rows: number, all: number): string {
  return all === 0 ? '–' : `${((100 * rows) / all).toFixed(1)} %`;
}
