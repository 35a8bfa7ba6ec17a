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
  { title: 'twice', width: 5, cell: ({ rows }) => count(rows.duplicates) },
  { title: 'quarantined', width: 11, cell: ({ rows }) => count(rows.quarantined) },
  { title: 'excluded', width: 8, cell: ({ rows }) => count(rows.excluded) },
  { title: 'scored', width: 6, cell: ({ predictions }) => (predictions === 0 ? '–' : count(predictions)) },
  { title: 'model', width: 5, cell: ({ champion }) => (champion ? `v${champion.version}` : '–') },
  { title: 'mean score', width: 10, cell: ({ scoreMean }) => percent(scoreMean) },
  { title: 'last month: event rate', width: 22, cell: (_, last) => percent(last?.eventRate) },
  { title: 'AUC (95 %)', width: 20, cell: (_, last) => interval(last?.auc) },
  { title: 'unseen', width: 6, cell: (_, last) => last?.aucUnseen?.value.toFixed(3) ?? '–' },
  { title: 'seconds', width: 7, cell: ({ seconds }) => seconds.toFixed(1) },
];

export function headerLine(): string {
  return COLUMNS.map(({ title, width }) => title.padStart(width)).join('  ');
}

export function monthLine(month: DemoMonth, lastMonth: MonthlyPerformance | undefined): string {
  return COLUMNS.map(({ cell, width }) => cell(month, lastMonth).padStart(width)).join('  ');
}

/** What the gate said, where a challenger stood before it. */
export function challengerLine({ challenger }: DemoMonth): string | undefined {
  if (challenger === undefined) return undefined;
  const { version, verdict, promoted } = challenger;
  return `${' '.repeat(19)}trained v${version}: the gate says ${verdict}${promoted ? ', it is champion now' : ''}`;
}

export function summaryLines(report: DemoReport, commands: readonly string[]): string[] {
  const { champion, registryLog, seconds, store, temporal } = report;
  const log = registryLog.map(({ version, reason }) => `  v${version}  ${reason}`);
  return [
    '',
    champion === undefined
      ? 'No model was promoted.'
      : `Champion: v${champion.version}, AUC ${champion.auc.toFixed(3)} and PR-AUC ${champion.prAuc.toFixed(3)} on the rows held out for it`,
    'How it got there (registry log):',
    ...log,
    '',
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

function interval(estimate: { value: number; low: number; high: number } | undefined): string {
  if (estimate === undefined) return '–';
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((figure) => figure.toFixed(3));
  return `${value} (${low}–${high})`;
}
