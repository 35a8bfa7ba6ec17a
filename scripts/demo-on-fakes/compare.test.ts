import { describe, expect, it } from 'vitest';

import type { DemoMonth, DemoReport } from '../../clients/demo/report.ts';
import { differences, monthsSideBySide } from './compare.mjs';

const month: DemoMonth = {
  interval: { start: '2025-04-01T00:00:00Z', end: '2025-05-01T00:00:00Z' },
  run: 'lifecycle.readmission-2025-05-01T00:00:00Z',
  rows: { in: 9, duplicates: 0, quarantined: 1, excluded: 0, gold: 8 },
  predictions: 8,
  champion: { version: 1, digest: 'be96276c0b883f3d' },
  drift: { verdict: 'warn', scorePsi: 0.004, alarms: ['payer_code'] },
  decision: 'retrain',
  seconds: 5,
};
const here: DemoReport = {
  store: 'file:///here',
  temporal: { address: '127.0.0.1:7233' },
  project: 'readmission',
  months: [month],
  champion: { version: 1, digest: 'be96276c0b883f3d', auc: 0.64, prAuc: 0.22, trainedOn: ['2025-04'] },
  registryLog: [{ kind: 'registered', version: 1, at: '2026-01-01T00:00:00Z', reason: 'digest be96' }],
  reports: ['file:///here/reports/a.html'],
  seconds: 10,
};
const there: DemoReport = {
  ...here,
  store: 's3://bucket/demo',
  temporal: { address: '127.0.0.1:9999' },
  months: [{ ...month, seconds: 99 }],
  registryLog: here.registryLog.map((entry) => ({ ...entry, at: '2026-01-02T00:00:00Z' })),
  reports: ['s3://bucket/demo/reports/a.html'],
  seconds: 200,
};

describe('differences', () => {
  it('finds none between two runs that came to the same in different places and times', () => {
    expect(differences(here, there)).toEqual([]);
  });

  it.each<[string, Partial<DemoReport>, string]>([
    ['another digest', { champion: { ...there.champion!, digest: 'c2' } }, 'champion.digest: "be96276c'],
    ['the last bit of a figure', { champion: { ...there.champion!, auc: 0.64 + 1e-16 } }, 'champion.auc'],
    ['a month that is missing', { months: [] }, 'months.0: {'],
    ['another decision', { months: [{ ...month, decision: 'no-action' }] }, 'months.0.decision: "retrain"'],
    ['one alarm less', { months: [{ ...month, drift: { ...month.drift!, alarms: [] } }] }, 'alarms.0'],
    ['another reason in the log', { registryLog: [] }, 'registryLog.0'],
    ['a report of another name', { reports: ['s3://bucket/demo/reports/b.html'] }, 'reportNames.0'],
  ])('names %s', (_what, change, named) => {
    const found = differences(here, { ...there, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(named);
  });
});

describe('monthsSideBySide', () => {
  it('shows a line for each month, and a gap where there is none on the other side', () => {
    const [head, first] = monthsSideBySide(here, { ...there, months: [] }).split('\n');
    expect(head).toMatch(/^month +scored by +digest here/);
    expect(first).toMatch(/^2025-04 +v1 +be96276c0b883f3d +– +retrain/);
  });
});
