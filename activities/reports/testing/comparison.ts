/** A comparison of two files in which some columns have moved, for tests and to look at. */
import type { ColumnDrift, DriftReport } from '../../../workflows/domain/drift/compare.ts';
import type { ComparisonPage } from '../comparison/render.ts';
import type { ColumnReport } from '../contract.ts';
import { monitoringExample } from './monitoring-report.ts';
import { HOSTILE } from './training-report.ts';

export function comparisonExample({ hostile = false } = {}): ComparisonPage {
  const { verdict, reference, current, columns, thresholds } = monitoringExample({ hostile });
  const rows: Pick<DriftReport, 'reference' | 'current'> = {
    reference: { rows: reference.rows },
    current: { rows: current.rows },
  };
  return {
    reference: 'march.csv',
    current: hostile ? HOSTILE : 'september.csv',
    thresholds,
    comparison: {
      ...rows,
      verdict,
      quality: 'broken',
      columns: columns.map((column) => compared(column, rows)),
      extraColumns: [hostile ? HOSTILE : 'ward'],
    },
  };
}

/** As a comparison has it: shares with the counts beside them. */
function compared(
  { name, kind, verdict, psi, psiCritical, jensenShannon, bins, reason = 'PSI below 0.1' }: ColumnReport,
  { reference, current }: Pick<DriftReport, 'reference' | 'current'>,
): ColumnDrift {
  return {
    name,
    kind,
    verdict,
    reason,
    psi,
    psiCritical,
    jensenShannon,
    binning: kind === 'numeric' ? 'quantile' : 'categories',
    psiSmoothed: psi,
    chiSquare: null,
    missing: { reference: 0.1, current: 0.2 },
    unseen: { reference: 0, current: 0 },
    quality: {
      verdict: name === 'weight' ? 'broken' : 'ok',
      reasons: name === 'weight' ? ['missing in 99.1 % of the rows, which is next to all'] : [],
    },
    bins: bins.map((bin) => ({
      kind: bin.label === 'missing' ? 'missing' : 'value',
      label: bin.label,
      reference: bin.reference / reference.rows,
      current: bin.current / current.rows,
      counts: { reference: bin.reference, current: bin.current },
    })),
  };
}
