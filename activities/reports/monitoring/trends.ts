/** Score and performance by interval. */
import { trendChart } from '../charts/trend.ts';
import type { MonitoredInterval, MonitoringReport } from '../contract.ts';
import { html, type Content, type Html } from '../html.ts';
import { count, decimal, estimate, percent } from '../numbers.ts';
import { figure, section, table } from '../page.ts';
import { month } from './heat-map.ts';

const CALIBRATED = [0.9, 1.1] as const;

export function trends(report: MonitoringReport): Html {
  const hasOutcomes = report.history.some(({ auc, calibration }) => auc ?? calibration);
  return section(
    'Score and performance by interval',
    html`<p>
      Outcomes come later than scores: where a point of the event rate, the AUC or the calibration is missing,
      they are not known yet. Bars are 95 % intervals.
    </p>`,
    html`<div class="charts">
      ${scorePsi(report)}${rates(report)}${hasOutcomes && [auc(report), calibration(report)]}
    </div>`,
    !hasOutcomes && html`<p>AUC and calibration follow when the outcomes of an interval are known.</p>`,
  );
}

function scorePsi({ history, thresholds }: MonitoringReport): Html {
  const chart = trendChart({
    id: 'score-psi',
    title: 'Score PSI by interval, with the bounds of warning and alarm',
    intervals: names(history),
    fromZero: true,
    lines: [{ tone: 'model', values: history.map(({ scorePsi }) => scorePsi) }],
    limits: [
      { at: thresholds.warn, label: 'warn' },
      { at: thresholds.alarm, label: 'alarm' },
    ],
  });
  return figure(chart, {
    name: 'Score PSI',
    caption: 'How far the scores have moved since the model was judged. It may stay quiet while inputs move.',
    numbers: numbers(history, [
      ['Rows', ({ rows }) => count(rows)],
      ['Score PSI', ({ scorePsi }) => decimal(scorePsi)],
    ]),
  });
}

function rates({ history }: MonitoringReport): Html {
  const chart = trendChart({
    id: 'rates',
    title: 'Mean score and event rate by interval',
    intervals: names(history),
    percent: true,
    lines: [
      { tone: 'model', values: history.map(({ scoreMean }) => scoreMean) },
      { tone: 'other', values: history.map(({ eventRate }) => eventRate ?? null) },
    ],
  });
  return figure(chart, {
    name: 'Promised and observed',
    caption: html`<span class="key"></span>mean score <span class="key other"></span>event rate`,
    numbers: numbers(history, [
      ['Mean score', ({ scoreMean }) => percent(scoreMean)],
      ['Event rate', ({ eventRate }) => percent(eventRate)],
    ]),
  });
}

function auc({ history }: MonitoringReport): Html {
  const chart = trendChart({
    id: 'auc',
    title: 'AUC by interval with its 95 % interval',
    intervals: names(history),
    lines: [{ tone: 'model', values: history.map(({ auc }) => auc ?? null) }],
  });
  return figure(chart, {
    name: 'AUC',
    caption: 'How well the scores ranked, once the outcomes were known.',
    numbers: numbers(history, [['AUC', ({ auc }) => estimate(auc)]]),
  });
}

function calibration({ history }: MonitoringReport): Html {
  const chart = trendChart({
    id: 'calibration',
    title: 'Mean score over event rate by interval, with the band from 0.9 to 1.1',
    intervals: names(history),
    lines: [{ tone: 'model', values: history.map(({ calibration }) => calibration ?? null) }],
    limits: CALIBRATED.map((at) => ({ at, label: String(at) })),
  });
  return figure(chart, {
    name: 'Calibration',
    caption: 'Mean score over event rate: above 1 the model promises more events than there are.',
    numbers: numbers(history, [['Mean score / event rate', ({ calibration }) => estimate(calibration)]]),
  });
}

function names(history: readonly MonitoredInterval[]): string[] {
  return history.map(({ interval }) => month(interval.start));
}

type Cell = (interval: MonitoredInterval) => Content;

function numbers(history: readonly MonitoredInterval[], columns: readonly (readonly [string, Cell])[]): Html {
  return table(
    [{ title: 'Interval' }, ...columns.map(([title]) => ({ title, number: true }))],
    history.map((interval) => [month(interval.interval.start), ...columns.map(([, cell]) => cell(interval))]),
  );
}
