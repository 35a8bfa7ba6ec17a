/** A monitoring report of a month with drift, six months into a model's life, for tests and to look at. */
import type { Interval } from '../../../workflows/domain/interval.ts';
import type { ColumnReport, MonitoredInterval, MonitoringReport, MonitoringVerdict } from '../contract.ts';
import { HOSTILE } from './training-report.ts';

const [REFERENCE_ROWS, CURRENT_ROWS] = [7_912, 8_034];
const MONTHS: readonly Interval[] = [1, 2, 3, 4, 5, 6].map((month) => ({
  start: `2025-0${month}-01T00:00:00Z`,
  end: `2025-0${month + 1}-01T00:00:00Z`,
}));
const NEWEST = MONTHS.at(-1)!;

/** Shares by bin before and now. */
const PAYERS = {
  MC: [0.21, 0.38],
  HM: [0.1, 0.19],
  BC: [0.08, 0.13],
  SP: [0.06, 0.15],
  missing: [0.55, 0.15],
} as const;
const DIAGNOSES = {
  '≤ 4': [0.11, 0.05],
  '4 to 5': [0.12, 0.07],
  '5 to 6': [0.14, 0.09],
  '6 to 7': [0.17, 0.14],
  '7 to 8': [0.18, 0.19],
  '> 8': [0.28, 0.46],
} as const;
const ADMISSIONS = {
  urgent: [0.18, 0.4],
  emergency: [0.53, 0.33],
  elective: [0.19, 0.22],
  missing: [0.1, 0.05],
} as const;
const STEADY = { low: [0.31, 0.3], middle: [0.42, 0.43], high: [0.27, 0.27] } as const;
const QUIET = ['gender', 'race', 'insulin', 'time_in_hospital', 'num_medications', 'a1c_result'];

type Shares = Readonly<Record<string, readonly [number, number]>>;

export function monitoringExample({ hostile = false } = {}): MonitoringReport {
  const payer = hostile ? HOSTILE : 'payer_code';
  return {
    format: 'assay-monitoring-report-1',
    project: 'readmission',
    interval: NEWEST,
    model: { model: 'readmission', version: 1, digest: 'd'.repeat(64) },
    verdict: 'alarm',
    decision: {
      decision: 'wait-for-labels',
      reasons: [
        {
          measure: 'feature_psi',
          value: 3,
          threshold: 2,
          reason: 'Three features are in alarm in two months in a row.',
        },
        {
          measure: 'matured',
          value: '2025-04',
          threshold: '2025-05',
          reason: hostile ? HOSTILE : 'No month since the drift began has all its labels.',
        },
      ],
      possibleFrom: '2025-08-01T00:00:00Z',
      owner: 'the data team',
      page: {
        owner: hostile ? HOSTILE : 'the clinical data lead',
        interval: MONTHS[3]!.start,
        value: 0.6178,
        floor: 0.62,
        reason: 'version 1 has an AUC of 0.6178 on the labels of 2025-04-01, below the floor of 0.62',
      },
    },
    reference: {
      description: 'April 2025, the newest month that version 1 has learnt from',
      rows: REFERENCE_ROWS,
    },
    current: { rows: CURRENT_ROWS },
    thresholds: { warn: 0.1, alarm: 0.25 },
    score: column(
      'score',
      {
        '≤ 7 %': [0.24, 0.21],
        '7 to 10 %': [0.26, 0.24],
        '10 to 14 %': [0.25, 0.27],
        '> 14 %': [0.25, 0.28],
      },
      'ok',
      0.0134,
    ),
    columns: [
      column('number_diagnoses', DIAGNOSES, 'alarm', 0.2713),
      ...QUIET.map((name, place) => column(name, STEADY, 'ok', 0.0007 * (place + 1))),
      column(payer, PAYERS, 'alarm', 1.1874),
      column('admission_type', ADMISSIONS, 'warn', 0.2206),
      {
        ...column('weight', { missing: [0.97, 0.99], '> 80': [0.03, 0.01] }, 'insufficient_data', null),
        reason: 'chance alone reaches a PSI of 0.12 with so few values',
      },
    ],
    otherReferences: [
      {
        name: 'all rows learnt from',
        description: '2024-12-01, 2025-01-01',
        rows: 31_870,
        features: QUIET.map((name, place) => ({ name, psi: 0.0011 * (place + 1) })),
      },
      {
        name: 'the interval before',
        description: '2025-05-01',
        rows: 7_952,
        features: [payer, 'weight'].map((name, place) => ({ name, psi: place === 0 ? 0.0021 : null })),
      },
    ],
    quality: {
      verdict: 'broken',
      findings: [
        {
          column: 'weight',
          measure: 'missing share',
          value: 0.991,
          threshold: 0.98,
          reason: 'missing in 99.1 % of the rows, which is next to all',
        },
      ],
    },
    outputs: {
      scoreMean: 0.1243,
      threshold: 0.15,
      aboveThreshold: 0.2311,
      missing: 0,
      outsideUnitInterval: 0,
    },
    performance: {
      interval: MONTHS[3]!,
      estimated: false,
      rows: 7_912,
      positives: 871,
      auc: { value: 0.6391, low: 0.6196, high: 0.6586 },
      gini: 0.2782,
      prAuc: { value: 0.1907, low: 0.1671, high: 0.2168 },
      calibration: { value: 1.131, low: 1.062, high: 1.209 },
    },
    history: MONTHS.map((interval, place) => monthOf(interval, place, payer)),
  };
}

function column(name: string, shares: Shares, verdict: MonitoringVerdict, psi: number | null): ColumnReport {
  const counts = Object.entries(shares).map(([label, [before, now]]) => ({
    label,
    reference: Math.round(before * REFERENCE_ROWS),
    current: Math.round(now * CURRENT_ROWS),
  }));
  const [before, now] = shares['missing'] ?? [0, 0];
  const numeric = name === 'number_diagnoses' || name === 'score';
  return {
    name,
    kind: numeric ? 'numeric' : 'categorical',
    verdict,
    psi,
    psiCritical: 0.0069,
    chiSquare: {
      statistic: psi === null ? null : psi * 3_914.5,
      df: counts.length - 1,
      pValue: verdict === 'ok' ? 0.3172 : 1.7e-12,
    },
    ...(numeric && {
      ks: { statistic: 0.1834, pValue: 0.000_02 },
      summary: {
        reference: { min: 1, max: 16, mean: 6.812, median: 7, std: 2.0631 },
        current: { min: 1, max: 17, mean: 8.0947, median: 8, std: 2.1102 },
      },
    }),
    jensenShannon: psi === null ? null : Math.sqrt(psi / 11.3),
    missing: { reference: before, current: now },
    bins: counts,
  };
}

function monthOf(interval: Interval, place: number, payer: string): MonitoredInterval {
  const drifted = place >= 4;
  const psi = (quiet: number, loud: number): number => (drifted ? loud : quiet) * (1 + place / 40);
  const verdictOf = (value: number): MonitoringVerdict =>
    value >= 0.25 ? 'alarm' : value >= 0.1 ? 'warn' : 'ok';
  const features = [
    [payer, psi(0.012, 1.16)],
    ['number_diagnoses', psi(0.008, 0.262)],
    ['admission_type', psi(0.011, 0.21)],
    ...QUIET.map((name, at) => [name, 0.0007 * (at + 1)] as const),
  ] as const;
  const [auc, ratio] = [0.663 - 0.007 * place, 0.99 + 0.047 * place];
  return {
    interval,
    version: 1,
    rows: 7_900 + 13 * place,
    scorePsi: 0.0031 + 0.0021 * place,
    scoreMean: 0.1102 + 0.0028 * place,
    ...(place <= 3 && {
      eventRate: 0.1113 - 0.0009 * place,
      auc: { value: auc, low: auc - 0.0191, high: auc + 0.0191 },
      calibration: { value: ratio, low: ratio - 0.068, high: ratio + 0.073 },
    }),
    features: features.map(([name, value]) => ({ name, psi: value, verdict: verdictOf(value) })),
  };
}
