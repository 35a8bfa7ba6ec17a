/** The demo for people: a line for each month as it ends, and a summary of where everything is. */
import type { MonthlyPerformance } from '../../activities/evaluation/contract.ts';
import type { DemoMonth, DemoReport } from './report.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (month: DemoMonth, lastMonth: MonthlyPerformance | undefined) => string;
}

/** The figures of the last month stand in the line of the month in which its labels came. */
const COLUMNS: readonly Column[] = [
  { title: 'month', width: 17, cell: ({ interval }) => monthName(interval) },
  { title: 'rows', width: 7, cell: ({ rows }) => count(rows.in) },
  { title: 'quarantined', width: 11, cell: ({ rows }) => count(rows.quarantined) },
  { title: 'scored', width: 6, cell: ({ predictions }) => (predictions === 0 ? '–' : count(predictions)) },
  { title: 'model', width: 5, cell: ({ champion }) => (champion ? `v${champion.version}` : '–') },
  { title: 'mean score', width: 10, cell: ({ scoreMean }) => percent(scoreMean) },
  { title: 'score PSI', width: 9, cell: ({ drift }) => drift?.scorePsi?.toFixed(3) ?? '–' },
  { title: 'in alarm', width: 8, cell: ({ drift }) => (drift ? String(drift.alarms.length) : '–') },
  { title: 'decision', width: 15, cell: ({ decision }) => decision ?? '–' },
  { title: 'last month: event rate', width: 22, cell: (_, last) => percent(last?.eventRate) },
  { title: 'AUC (95 %)', width: 20, cell: (_, last) => interval(last?.auc) },
  { title: 'seconds', width: 7, cell: ({ seconds }) => seconds.toFixed(1) },
];

export function headerLine(): string {
  return COLUMNS.map(({ title, width }) => title.padStart(width)).join('  ');
}

export function monthLine(month: DemoMonth, lastMonth: MonthlyPerformance | undefined): string {
  return COLUMNS.map(({ cell, width }) => cell(month, lastMonth).padStart(width)).join('  ');
}

/** What the figures of a month do not say by themselves. */
export function notesOf({ challenger, drift, possibleFrom }: DemoMonth): string[] {
  const notes: string[] = [];
  if (challenger) {
    const { version, verdict, difference, promoted, reason } = challenger;
    const gain = difference
      ? `, AUC ${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`
      : '';
    const end = promoted ? 'it is champion now' : (besides(reason) ?? 'the champion stays');
    notes.push(`trained v${version}: the gate says ${verdict}${gain}; ${end}`);
  }
  if (drift && drift.alarms.length > 0) notes.push(`in alarm: ${drift.alarms.join(', ')}`);
  if (possibleFrom !== undefined)
    notes.push(`a retraining can learn from it on ${possibleFrom.slice(0, 10)}`);
  return notes.map((note) => `${' '.repeat(19)}${note}`);
}

/** That the gate said no stands in the line already. */
function besides(reason: string | undefined): string | undefined {
  return reason?.startsWith('the gate says') ? undefined : reason;
}

export function summaryLines(report: DemoReport, commands: readonly string[]): string[] {
  const { champion, registryLog, reports, seconds, store, temporal } = report;
  const log = registryLog.map(
    ({ version, reason }) => `  ${version === null ? '– ' : `v${version}`}  ${reason}`,
  );
  const pages = reports.filter((path) => path.endsWith('.html'));
  return [
    '',
    champion === undefined
      ? 'No model was promoted.'
      : `Champion: v${champion.version}, AUC ${champion.auc.toFixed(3)} and PR-AUC ${champion.prAuc.toFixed(3)} on the rows held out for it`,
    'How it got there (registry log):',
    ...log,
    '',
    ...(pages.length > 0
      ? ['Reports (beside each, the same numbers as JSON):', ...pages.map((path) => `  ${path}`), '']
      : []),
    `Done in ${seconds.toFixed(0)} s. Tables, registry and ledger: ${store}`,
    ...(temporal.ui === undefined ? [] : [`Web UI: ${temporal.ui}`]),
    'Look around:',
    ...commands.map((command) => `  ${command}`),
  ];
}

function monthName({ start, end }: DemoMonth['interval']): string {
  const first = start.slice(0, 7);
  const last = new Date(Date.parse(end) - 1).toISOString().slice(0, 7);
  return first === last ? first : `${first} … ${last}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${(100 * value).toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

function interval(estimate: { value: number; low: number; high: number } | undefined): string {
  if (estimate === undefined) return '–';
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((figure) => figure.toFixed(3));
  return `${value} (${low}–${high})`;
}
